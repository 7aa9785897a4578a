package org.doveadmsshd.console.result;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.progress.StatusLine;
import org.doveadmsshd.brain.progress.StatusLines;

/**
 * Both outputs of a command on one terminal, line by line, with status lines below. While the pager
 * has the screen, what is said on standard error is kept back, and the pager shows the first status
 * line.
 *
 * <p>As a stream it is standard error; what is written at once is not mixed with other text. Safe
 * for several threads; a thread that writes waits for the terminal with the lock held.
 */
final class Transcript extends OutputStream implements StatusLines {
  /** Most lines that are kept back; of further ones it is said how many there were. */
  private static final int HELD = 100;

  private final Console console;

  // guarded by this
  private final List<String> held = new ArrayList<>();
  private boolean holds;
  private int more;

  private volatile String progress = "";

  Transcript(Console console) {
    this.console = console;
  }

  /** Prints text of standard output. */
  synchronized void print(String text) throws IOException {
    clear();
    write(console.out(), text);
  }

  /** The pager has the screen from now on. */
  synchronized void hold() throws IOException {
    clear();
    holds = true;
  }

  /** The pager has gone: says what has been kept back. */
  synchronized void release() throws IOException {
    holds = false;
    clear();
    for (String line : held) {
      write(console.error(), line);
    }
    if (more > 0) {
      write(console.error(), "doveadm: %,d more lines like these%n".formatted(more));
    }
    held.clear();
    more = 0;
  }

  /** How far the command is, as it has said last. */
  String progress() {
    return progress;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
    String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
    if (!holds) {
      clear();
      write(console.error(), text);
    } else if (held.size() < HELD) {
      held.add(text);
    } else {
      more++;
    }
  }

  @Override
  public Size size() {
    return console.status().size();
  }

  @Override
  public synchronized void show(List<StatusLine> lines) throws IOException {
    progress = lines.isEmpty() ? "" : lines.get(0).text();
    if (!holds) {
      console.status().show(lines);
    }
  }

  @Override
  public synchronized void clear() throws IOException {
    console.status().clear();
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  @Override
  public void flush() throws IOException {
    console.error().flush();
  }
}
