package org.doveadmsshd.storage.mime;

import java.io.IOException;
import java.io.InputStream;

/** A stream in which every line ends with CRLF. */
final class CrlfInputStream extends BlockInputStream {
  private final InputStream in;
  private final byte zero;
  private final byte[] buffer = new byte[16 * 1024];
  private int position;
  private int limit;
  private int last;
  private boolean pending;

  /**
   * @param binary whether a NUL is left as it is; else it becomes 0x80, as with Dovecot: IMAP
   *     cannot send it
   */
  CrlfInputStream(InputStream in, boolean binary) {
    this.in = in;
    this.zero = binary ? 0 : (byte) 0x80;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (position == limit) {
      limit = in.read(buffer, 0, buffer.length);
      position = 0;
      if (limit <= 0) {
        limit = 0;
        return -1;
      }
    }
    int at = offset;
    while (at < offset + length && position < limit) {
      byte b = buffer[position];
      if (b == '\n' && last != '\r' && !pending) {
        target[at++] = '\r';
        pending = true;
      } else {
        target[at++] = b == 0 ? zero : b;
        last = b;
        pending = false;
        position++;
      }
    }
    return at - offset;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
