package org.doveadmsshd.storage.mime;

import java.io.IOException;
import java.io.InputStream;

/**
 * The header of a mail with the empty line that ends it, or the body behind that, as stored. A mail
 * without an empty line is all header.
 */
public final class MessageSection extends BlockInputStream {
  private final InputStream mail;
  private final boolean header;

  /** Bytes since the last LF: 0 at the start of a line, 1 after a CR there, 2 elsewhere. */
  private int lineState;

  private boolean inBody;

  private MessageSection(InputStream mail, boolean header) {
    this.mail = mail;
    this.header = header;
  }

  /** The header; closing it closes the mail. */
  public static InputStream header(InputStream mail) {
    return new MessageSection(mail, true);
  }

  /** The body; closing it closes the mail. */
  public static InputStream body(InputStream mail) {
    return new MessageSection(mail, false);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!inBody) {
      int got = mail.read(target, offset, length);
      if (got <= 0) {
        return -1;
      }
      int headerBytes = headerBytes(target, offset, got);
      if (header) {
        return headerBytes;
      }
      if (headerBytes < got) {
        System.arraycopy(target, offset + headerBytes, target, offset, got - headerBytes);
        return got - headerBytes;
      }
    }
    return header ? -1 : mail.read(target, offset, length);
  }

  /** How many of the bytes still belong to the header; notes where it ends. */
  private int headerBytes(byte[] bytes, int offset, int length) {
    for (int i = 0; i < length; i++) {
      byte b = bytes[offset + i];
      if (b == '\n') {
        if (lineState < 2) {
          inBody = true;
          return i + 1;
        }
        lineState = 0;
      } else {
        lineState = lineState == 0 && b == '\r' ? 1 : 2;
      }
    }
    return length;
  }

  @Override
  public void close() throws IOException {
    mail.close();
  }
}
