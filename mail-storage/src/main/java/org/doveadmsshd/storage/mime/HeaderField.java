package org.doveadmsshd.storage.mime;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One header field as it stands in the mail.
 *
 * @param name without the colon and spaces before it; empty for a line that has no colon
 * @param value everything after the colon and the white space behind it, one char a byte, with the
 *     line breaks of folding, without the last line break
 */
public record HeaderField(String name, String value) {

  /** Whether a line begins with a name, in any case, and a colon or white space behind it. */
  public static boolean isNamed(String name, byte[] bytes, int from, int to) {
    int end = from + name.length();
    return end < to && hasPrefix(name, bytes, from, to) && " \t:".indexOf(bytes[end]) >= 0;
  }

  /** Whether a line begins with some ASCII letters in any case. */
  static boolean hasPrefix(String prefix, byte[] bytes, int from, int to) {
    if (to - from < prefix.length()) {
      return false;
    }
    for (int i = 0; i < prefix.length(); i++) {
      if (Fold.ascii(bytes[from + i]) != Fold.ascii(prefix.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** Reads the lines of a field. */
  static HeaderField of(byte[] bytes, int from, int to) {
    int end = to;
    while (end > from && (bytes[end - 1] == '\n' || bytes[end - 1] == '\r')) {
      end--;
    }
    int colon = from;
    while (colon < end && bytes[colon] != ':' && bytes[colon] != '\n') {
      colon++;
    }
    if (colon == end || bytes[colon] != ':') {
      return new HeaderField("", latin1(bytes, from, end));
    }
    int name = colon;
    while (name > from && isSpace(bytes[name - 1])) {
      name--;
    }
    int value = colon + 1;
    while (value < end && isSpace(bytes[value])) {
      value++;
    }
    return new HeaderField(latin1(bytes, from, name), latin1(bytes, value, end));
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t';
  }

  private static String latin1(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }

  public boolean isNamed(String wanted) {
    return name.equalsIgnoreCase(wanted);
  }

  String lowerName() {
    return name.toLowerCase(Locale.ROOT);
  }
}
