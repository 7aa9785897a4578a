package org.doveadmsshd.server.ssh;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Does what a terminal's driver does to output: LF becomes CR LF. */
final class PtyOutput extends FilterOutputStream {
  PtyOutput(OutputStream out) {
    super(out);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    byte[] converted = new byte[2 * length];
    int size = 0;
    for (int i = offset; i < offset + length; i++) {
      if (bytes[i] == '\n') {
        converted[size++] = '\r';
      }
      converted[size++] = bytes[i];
    }
    out.write(converted, 0, size);
  }
}
