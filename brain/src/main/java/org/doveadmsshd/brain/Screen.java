package org.doveadmsshd.brain;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Rows on the screen of a terminal that shows progress, too. Status lines are removed before rows
 * are written. They may be shown while the last row has ended, else they would be written over that
 * row. One thread at a time writes.
 */
final class Screen extends OutputStream {
  private final OutputStream out;
  private final Reporter reporter;
  private volatile boolean amidLine;

  Screen(OutputStream out, Reporter reporter) {
    this.out = out;
    this.reporter = reporter;
  }

  /** Whether the last row has not ended. */
  boolean isAmidLine() {
    return amidLine;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length > 0) {
      amidLine = bytes[offset + length - 1] != '\n';
      reporter.clearStatus();
      out.write(bytes, offset, length);
    }
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }
}
