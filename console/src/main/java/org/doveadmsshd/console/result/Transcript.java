package org.doveadmsshd.console.result;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.base.TextWidth;
import org.doveadmsshd.brain.Console;
import org.jline.terminal.Terminal;
import org.jline.utils.InfoCmp.Capability;

/**
 * Both outputs of a command on one terminal, line by line. Progress, which is standard error that
 * begins with CR, stands below the lines and is replaced, also by nothing. While the pager has the
 * screen, what is said on standard error is kept back.
 *
 * <p>As a stream it is standard error; what is written at once is not mixed with other text. Safe
 * for several threads; a thread that writes waits for the terminal with the lock held.
 */
final class Transcript extends OutputStream {
  /** Most lines that are kept back; of further ones it is said how many there were. */
  private static final int HELD = 100;

  private final Terminal terminal;
  private final Console console;

  // guarded by this
  private final List<String> held = new ArrayList<>();
  private boolean holds;
  private int more;
  private boolean showsProgress;

  private volatile String progress = "";

  Transcript(Terminal terminal, Console console) {
    this.terminal = terminal;
    this.console = console;
  }

  /** Prints text of standard output. */
  synchronized void print(String text) throws IOException {
    clearProgress();
    write(console.out(), text);
  }

  /** The pager has the screen from now on. */
  synchronized void hold() throws IOException {
    clearProgress();
    holds = true;
  }

  /** The pager has gone: says what has been kept back. */
  synchronized void release() throws IOException {
    holds = false;
    clearProgress();
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
    boolean isProgress = text.startsWith("\r") && !text.endsWith("\n");
    if (isProgress && text.isBlank()) {
      clearProgress();
    } else if (isProgress) {
      progress = text.strip();
      showProgress();
    } else if (!holds) {
      clearProgress();
      write(console.error(), text.substring(text.lastIndexOf('\r') + 1));
    } else if (held.size() < HELD) {
      held.add(text.substring(text.lastIndexOf('\r') + 1));
    } else {
      more++;
    }
  }

  private void showProgress() throws IOException {
    if (!holds) {
      String cut = TextWidth.cut(progress, Math.max(1, terminal.getColumns() - 1));
      clearProgress();
      write(console.error(), cut);
      showsProgress = true;
    }
  }

  private void clearProgress() {
    if (showsProgress) {
      terminal.puts(Capability.carriage_return);
      terminal.puts(Capability.clr_eol);
      terminal.flush();
      showsProgress = false;
    }
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
