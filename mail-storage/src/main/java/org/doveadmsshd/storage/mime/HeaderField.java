package org.doveadmsshd.storage.mime;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One header field as it stands in the mail.
 *
 * @param name without the white space behind it; empty for a line that has no colon, or more than
 *     {@value #MAX_NAME} bytes before it
 * @param separator what stands between name and value: white space, the colon, spaces and tabs;
 *     empty for a line without a name
 * @param value what follows, one char a byte, with the line breaks of folding, without the last
 *     line break
 * @param ended whether there is a last line break; not where the mail ends in it
 */
public record HeaderField(String name, String separator, String value, boolean ended) {
  private static final int MAX_NAME = 1000;

  /** How nearly every field has it. */
  private static final String USUAL = ": ";

  /**
   * Whether a line begins with a name, in any case, and nothing but the end of a name behind it.
   */
  public static boolean isNamed(String name, byte[] bytes, int from, int to) {
    int end = from + name.length();
    return end < to && hasPrefix(name, bytes, from, to) && " \t:\0".indexOf(bytes[end]) >= 0;
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
    boolean ended = end > from && bytes[end - 1] == '\n';
    if (ended) {
      end -= end - 1 > from && bytes[end - 2] == '\r' ? 2 : 1;
    }
    int colon = from;
    while (colon < end && bytes[colon] != ':' && bytes[colon] != '\n') {
      colon++;
    }
    int name = colon;
    while (name > from && isSpace(bytes[name - 1])) {
      name--;
    }
    if (colon == end || bytes[colon] != ':' || name - from > MAX_NAME) {
      return new HeaderField("", "", latin1(bytes, from, end), ended);
    }
    int value = colon + 1;
    while (value < end && isSpace(bytes[value])) {
      value++;
    }
    boolean usual = value - name == 2 && name == colon && bytes[colon + 1] == ' ';
    return new HeaderField(
        latin1(bytes, from, name),
        usual ? USUAL : latin1(bytes, name, value),
        latin1(bytes, value, end),
        ended);
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t';
  }

  private static String latin1(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }

  /** Whether it has that name; what stands behind a NUL in its own does not count. */
  public boolean isNamed(String wanted) {
    int nul = name.length() > wanted.length() ? name.indexOf('\0') : -1;
    return nul < 0
        ? name.equalsIgnoreCase(wanted)
        : nul == wanted.length() && name.regionMatches(true, 0, wanted, 0, nul);
  }

  String lowerName() {
    int nul = name.indexOf('\0');
    return (nul < 0 ? name : name.substring(0, nul)).toLowerCase(Locale.ROOT);
  }

  /** The white space before the value, but for one blank or tab, which is part of the syntax. */
  public String indent() {
    int colon = separator.indexOf(':');
    return colon + 2 < separator.length() ? separator.substring(colon + 2) : "";
  }

  /** The value as ENVELOPE has it: where the first line is nothing but white space, that counts. */
  String envelopeValue() {
    boolean blank = value.isEmpty() || value.charAt(0) == '\n' || value.startsWith("\r\n");
    return (blank ? indent() : "") + value.replace("\r\n", "\n");
  }
}
