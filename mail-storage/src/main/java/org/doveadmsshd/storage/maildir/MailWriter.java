package org.doveadmsshd.storage.maildir;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.posix.OpenFile;
import org.doveadmsshd.storage.compression.Compression;
import org.doveadmsshd.storage.compression.CompressionRules;

/** Writes mails in the form in which they are stored: lines end with LF; and compressed, maybe. */
final class MailWriter {
  private static final int BUFFER = 64 * 1024;

  private MailWriter() {}

  /** Takes what is written. */
  @FunctionalInterface
  private interface Target {
    void write(byte[] bytes, int offset, int count) throws IOException;
  }

  /**
   * Writes a mail, every CRLF as LF.
   *
   * @param mailbox its name, for messages
   * @return the sizes that it has before it is compressed
   * @throws Failure with exit code 65 for what would not be read as it is written: it looks like a
   *     mail that has been compressed or encrypted where it is stored
   */
  static MaildirDelivery.StoredSize save(
      InputStream in, OpenFile out, CompressionRules rules, String mailbox)
      throws IOException, Failure {
    byte[] head = in.readNBytes(PlainMail.HEAD);
    Optional<Compression> begun = PlainMail.compression(head, 0, head.length);
    if (begun.isPresent() || PlainMail.isEncrypted(head, 0, head.length)) {
      String what = begun.map(Compression::title).orElse("mail_crypt");
      throw new Failure(
          Outcome.DATA_ERROR,
          "Mailbox %s: what is to be saved is no mail: it begins as files of %s do"
              .formatted(mailbox, what));
    }
    InputStream whole = new SequenceInputStream(new ByteArrayInputStream(head), in);
    if (rules.method().isEmpty()) {
      return copy(whole, out::write);
    }
    OutputStream target =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int count) throws IOException {
            out.write(bytes, offset, count);
          }
        };
    try (OutputStream compressed = rules.method().get().compress(target, rules.level())) {
      return copy(whole, compressed::write);
    }
  }

  private static MaildirDelivery.StoredSize copy(InputStream in, Target out) throws IOException {
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
      out.write(new byte[] {'\r'}, 0, 1);
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
