package org.doveadmsshd.storage.maildir;

import java.io.IOException;
import java.io.InputStream;
import org.doveadmsshd.posix.OpenFile;

/** Writes mails in the form in which they are stored: lines end with LF. */
final class MailWriter {
  private static final int BUFFER = 64 * 1024;

  private MailWriter() {}

  /** Writes a mail, every CRLF as LF. */
  static MaildirDelivery.StoredSize copy(InputStream in, OpenFile out) throws IOException {
    byte[] buffer = new byte[BUFFER + 1];
    long physical = 0;
    long breaks = 0;
    boolean heldReturn = false;
    int got;
    while ((got = in.read(buffer, 1, BUFFER)) > 0) {
      int from = heldReturn ? 0 : 1;
      buffer[0] = '\r';
      int to = from;
      heldReturn = false;
      for (int i = from; i < got + 1; i++) {
        byte b = buffer[i];
        if (b == '\r' && i == got) {
          heldReturn = true; // what follows decides
        } else if (b != '\r' || buffer[i + 1] != '\n') {
          buffer[to++] = b;
          breaks += b == '\n' ? 1 : 0;
        }
      }
      out.write(buffer, from, to - from);
      physical += to - from;
    }
    if (heldReturn) {
      out.write(new byte[] {'\r'});
      physical++;
    }
    return new MaildirDelivery.StoredSize(physical, physical + breaks);
  }

  /** Writes the bytes as they are. */
  static MaildirDelivery.StoredSize copyExactly(InputStream in, OpenFile out) throws IOException {
    byte[] buffer = new byte[BUFFER];
    long size = 0;
    int got;
    while ((got = in.read(buffer, 0, BUFFER)) > 0) {
      out.write(buffer, 0, got);
      size += got;
    }
    return new MaildirDelivery.StoredSize(size, size);
  }
}
