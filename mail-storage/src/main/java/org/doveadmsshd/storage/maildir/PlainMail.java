package org.doveadmsshd.storage.maildir;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.OpenFile;
import org.doveadmsshd.posix.PosixException;
import org.doveadmsshd.storage.compression.Compression;

/**
 * Tells by its first bytes whether a file is a mail as it stands there. Dovecot's plugins store
 * mails compressed and encrypted; taken for plain they would be mails without a header, which a
 * query by date or by "not from" takes for something else.
 */
final class PlainMail {
  /** How many bytes are looked at. */
  static final int HEAD = 64;

  /** What mails that Dovecot's mail_crypt has encrypted begin with, as far as it is text. */
  private static final byte[] CRYPTED = "CRYPTED".getBytes(StandardCharsets.US_ASCII);

  private PlainMail() {}

  /**
   * Whether the bytes of a file are those of the mail: Dovecot's plugins have neither compressed
   * nor encrypted it. Then its size is the mail's.
   */
  static boolean is(Directory in, String name) throws PosixException {
    byte[] head = new byte[HEAD];
    try (OpenFile file = in.read(name)) {
      int length = Math.max(file.read(head, 0, HEAD), 0);
      return compression(head, 0, length).isEmpty() && !isEncrypted(head, 0, length);
    }
  }

  /**
   * How the mail is compressed; nothing when it is not, as far as its first bytes tell.
   *
   * @param length how many bytes from the offset on there are, up to {@link #HEAD}
   */
  static Optional<Compression> compression(byte[] bytes, int offset, int length) {
    return Compression.detect(bytes, offset, length)
        .filter(any -> !beginsWithHeader(bytes, offset, length) || !isText(bytes, offset, length));
  }

  /**
   * Whether there are only characters of ASCII that a header has. What bzip2 writes begins with ten
   * letters, and a colon may come next.
   */
  private static boolean isText(byte[] bytes, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      boolean space = bytes[i] == '\t' || bytes[i] == '\r' || bytes[i] == '\n';
      if (!space && (bytes[i] < ' ' || bytes[i] == 0x7f)) { // negative above ASCII
        return false;
      }
    }
    return true;
  }

  /**
   * What the file is instead of a mail, as words behind "is"; nothing when it is none of the things
   * that are known.
   *
   * @param length how many bytes from the offset on there are, up to {@link #HEAD}
   */
  static Optional<String> otherwise(byte[] bytes, int offset, int length) {
    if (isEncrypted(bytes, offset, length)) {
      return Optional.of("encrypted (mail_crypt), and only Dovecot can read it");
    }
    boolean blank = length == HEAD;
    for (int i = offset; blank && i < offset + length; i++) {
      blank = bytes[i] == 0;
    }
    return blank ? Optional.of("full of NUL bytes, and no mail") : Optional.empty();
  }

  /** Whether Dovecot's mail_crypt has encrypted it. */
  static boolean isEncrypted(byte[] bytes, int offset, int length) {
    int end = offset + CRYPTED.length;
    return length >= CRYPTED.length
        && Arrays.equals(bytes, offset, end, CRYPTED, 0, CRYPTED.length)
        && !beginsWithHeader(bytes, offset, length);
  }

  /** Whether it begins as mails do: with a field, an empty line, or the line of an mbox. */
  static boolean beginsWithHeader(byte[] bytes, int offset, int length) {
    return beginsWithHeader(new String(bytes, offset, length, StandardCharsets.ISO_8859_1));
  }

  private static boolean beginsWithHeader(String head) {
    String text = head.startsWith("\u00ef\u00bb\u00bf") ? head.substring(3) : head;
    if (text.startsWith("\n") || text.startsWith("\r\n") || text.startsWith("From ")) {
      return true;
    }
    int end = 0;
    while (end < text.length() && text.charAt(end) > ' ' && text.charAt(end) < 0x7f) {
      if (text.charAt(end) == ':') {
        return end > 0;
      }
      end++;
    }
    int colon = end;
    while (colon < text.length() && (text.charAt(colon) == ' ' || text.charAt(colon) == '\t')) {
      colon++;
    }
    return end > 0 && colon < text.length() && text.charAt(colon) == ':';
  }
}
