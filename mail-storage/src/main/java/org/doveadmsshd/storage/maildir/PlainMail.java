package org.doveadmsshd.storage.maildir;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Tells by its first bytes whether a file can be a mail as we read it. Dovecot's plugins store
 * mails compressed and encrypted; read as they stand there they would be mails without a header,
 * which a query by date or by "not from" takes for something else.
 */
final class PlainMail {
  /** How many bytes are looked at. */
  static final int HEAD = 64;

  /** The bytes with which something other than a mail may begin. */
  private static final String FIRST = "\u0000\u001f\u00fd\u0028BDC";

  private static final Map<String, String> MAGICS = new LinkedHashMap<>();

  static {
    MAGICS.put("\u001f\u008b", "compressed (gzip)");
    MAGICS.put("BZh", "compressed (bzip2)");
    MAGICS.put("\u00fd7z", "compressed (xz)");
    MAGICS.put("\u0028\u00b5\u002f\u00fd", "compressed (zstd)");
    MAGICS.put("Dovecot-LZ4", "compressed (LZ4)");
    MAGICS.put("CRYPTED", "encrypted");
  }

  private PlainMail() {}

  /**
   * What the file is instead of a mail; nothing when it is none of the things that are known.
   *
   * @param length how many bytes from the offset on there are, up to {@link #HEAD}
   */
  static Optional<String> otherwise(byte[] bytes, int offset, int length) {
    boolean suspect = length > 0 && FIRST.indexOf(bytes[offset] & 0xff) >= 0;
    if (!suspect) { // as nearly all mails
      return Optional.empty();
    }
    String head = new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
    for (Map.Entry<String, String> magic : MAGICS.entrySet()) {
      if (head.startsWith(magic.getKey()) && !beginsWithHeader(head)) {
        return Optional.of(magic.getValue());
      }
    }
    boolean blank = length == HEAD && head.chars().allMatch(c -> c == 0);
    return blank ? Optional.of("full of NUL bytes") : Optional.empty();
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
