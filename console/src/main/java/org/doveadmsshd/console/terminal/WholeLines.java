package org.doveadmsshd.console.terminal;

import java.io.IOException;
import java.io.OutputStream;

/** What commands print at a terminal, so that whatever comes behind it begins a line. */
public final class WholeLines extends OutputStream {
  private final OutputStream terminal;
  private volatile byte last = '\n';

  public WholeLines(OutputStream terminal) {
    this.terminal = terminal;
  }

  @Override
  public void write(int b) throws IOException {
    terminal.write(b);
    last = (byte) b;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    terminal.write(bytes, offset, length);
    if (length > 0) {
      last = bytes[offset + length - 1];
    }
  }

  @Override
  public void flush() throws IOException {
    terminal.flush();
  }

  /** Ends the line if something stands in it. */
  public void end() throws IOException {
    if (last != '\n') {
      write('\n');
      flush();
    }
  }
}
