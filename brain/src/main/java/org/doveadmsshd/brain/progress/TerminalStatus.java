package org.doveadmsshd.brain.progress;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

/**
 * Status lines on a terminal, by the control sequences of ECMA-48 that every terminal knows.
 *
 * <p>The cursor waits at the beginning of the first line. So they are removed by erasing what is
 * behind the cursor, also when a terminal that has become narrower has broken its lines anew.
 */
public final class TerminalStatus implements StatusLines {
  /** To the beginning of the line; erase from there to the end of the screen (ED). */
  private static final String ERASE = "\r\u001b[J";

  private static final String RED = "\u001b[31m";
  private static final String PLAIN = "\u001b[m";

  private final OutputStream terminal;
  private final Supplier<Size> size;
  private final boolean hasColours;
  private boolean shown;

  /**
   * @param terminal what is written to it at once is not mixed with other text
   * @param hasColours whether an alarm is red
   */
  public TerminalStatus(OutputStream terminal, Supplier<Size> size, boolean hasColours) {
    this.terminal = terminal;
    this.size = size;
    this.hasColours = hasColours;
  }

  @Override
  public Size size() {
    return size.get();
  }

  @Override
  public void show(List<StatusLine> lines) throws IOException {
    StringBuilder text = new StringBuilder(shown ? ERASE : "\r");
    for (int i = 0; i < lines.size(); i++) {
      StatusLine line = lines.get(i);
      boolean red = line.isAlarm() && hasColours;
      text.append(i > 0 ? "\n" : "").append(red ? RED : "");
      text.append(line.text()).append(red ? PLAIN : "");
    }
    if (lines.size() > 1) {
      text.append("\u001b[").append(lines.size() - 1).append('A'); // CUU
    }
    shown = true;
    write(text.append('\r').toString());
  }

  @Override
  public void clear() throws IOException {
    if (shown) {
      shown = false;
      write(ERASE);
    }
  }

  private void write(String text) throws IOException {
    terminal.write(text.getBytes(StandardCharsets.UTF_8));
    terminal.flush();
  }
}
