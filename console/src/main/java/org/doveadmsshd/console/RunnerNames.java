package org.doveadmsshd.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.console.line.NameSource;

/** Names that can be completed, from where commands are carried out. */
final class RunnerNames implements NameSource {
  /** Nobody waits longer for the names of mailboxes. */
  private static final String TIMEOUT = "5s";

  private final CommandRunner runner;
  private final Supplier<List<String>> chosen;

  /**
   * @param chosen the servers to work on; all when there are none
   */
  RunnerNames(CommandRunner runner, Supplier<List<String>> chosen) {
    this.runner = runner;
    this.chosen = chosen;
  }

  @Override
  public void users(UserMask mask, Consumer<String> taker) throws Failure {
    runner.listUsers(mask, taker);
  }

  @Override
  public void mailboxes(String user, Consumer<String> taker) throws IOException {
    Page page = new Page();
    print(List.of("mailbox", "list", "-u", user, "--timeout", TIMEOUT), page);
    page.toString(StandardCharsets.UTF_8).lines().forEach(taker);
  }

  @Override
  public void keywords(String user, Consumer<String> taker) throws IOException {
    Keywords keywords = new Keywords();
    print(List.of("fetch", "-u", user, "--timeout", TIMEOUT, "flags", "all"), keywords);
    keywords.found.forEach(taker);
  }

  private void print(List<String> command, OutputStream to) throws IOException {
    Console console =
        new Console(
            InputStream.nullInputStream(),
            to,
            OutputStream.nullOutputStream(),
            false,
            Console.DEFAULT_WIDTH);
    List<String> words = new ArrayList<>(List.of("-h", "-f", "tab"));
    words.addAll(command);
    runner.run(words, chosen.get(), console, run -> {});
  }

  @Override
  public List<String> servers() {
    return runner.servers();
  }

  /** The keywords among the flags of mails, a line for each mail. */
  private static final class Keywords extends OutputStream {
    /** More than a mailbox has room for. */
    private static final int MOST = 1000;

    private static final int LONGEST = 200;

    private final Set<String> found = new LinkedHashSet<>();
    private final ByteArrayOutputStream word = new ByteArrayOutputStream();

    @Override
    public void write(int b) {
      if (b == ' ' || b == '\n') {
        String text = word.toString(StandardCharsets.UTF_8);
        boolean keyword = !text.isEmpty() && !text.startsWith("\\") && text.length() < LONGEST;
        if (keyword && found.size() < MOST) {
          found.add(text);
        }
        word.reset();
      } else if (word.size() < LONGEST) {
        word.write(b);
      }
    }
  }

  /** Output that is not longer than anybody reads. */
  private static final class Page extends ByteArrayOutputStream {
    private static final int MOST = 256 * 1024;

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      super.write(bytes, offset, Math.min(length, MOST - size()));
    }

    @Override
    public synchronized void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }
  }
}
