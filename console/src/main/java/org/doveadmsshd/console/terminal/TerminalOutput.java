package org.doveadmsshd.console.terminal;

import java.io.IOException;
import java.io.OutputStream;

/**
 * What goes to a terminal, gathered until it is flushed or the buffer is full. Does what a
 * terminal's driver does: LF becomes CR LF. Safe for several threads.
 */
final class TerminalOutput extends OutputStream {
  private static final int SIZE = 2 * 1024;

  private final OutputStream out;

  // guarded by this
  private final byte[] buffer = new byte[SIZE];
  private int filled;

  TerminalOutput(OutputStream out) {
    this.out = out;
  }

  @Override
  public synchronized void write(int b) throws IOException {
    if (filled > SIZE - 2) {
      send();
    }
    if (b == '\n') {
      buffer[filled++] = '\r';
    }
    buffer[filled++] = (byte) b;
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
    for (int i = offset; i < offset + length; i++) {
      write(bytes[i]);
    }
  }

  @Override
  public synchronized void flush() throws IOException {
    send();
  }

  private void send() throws IOException {
    int size = filled;
    filled = 0;
    if (size > 0) {
      out.write(buffer, 0, size);
    }
  }
}
