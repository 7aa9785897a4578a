package org.doveadmsshd.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
    Console console =
        new Console(
            InputStream.nullInputStream(),
            page,
            OutputStream.nullOutputStream(),
            false,
            Console.DEFAULT_WIDTH);
    List<String> words =
        List.of("-h", "-f", "tab", "mailbox", "list", "-u", user, "--timeout", TIMEOUT);
    runner.run(words, chosen.get(), console, run -> {});
    page.toString(StandardCharsets.UTF_8).lines().forEach(taker);
  }

  @Override
  public List<String> servers() {
    return runner.servers();
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
