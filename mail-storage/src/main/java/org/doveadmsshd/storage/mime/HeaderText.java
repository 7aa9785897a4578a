package org.doveadmsshd.storage.mime;

import java.util.List;

/** The readable text of header values. */
public final class HeaderText {
  /** One word of RFC 5322 section 3.2.3, raw 8-bit characters included. */
  private static final String ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\x80-\\xff-]+";

  private HeaderText() {}

  /** Undoes folding and decodes encoded-words (RFC 2047); raw bytes are read as UTF-8. */
  public static String decode(String value) {
    String unfolded = unfold(value);
    return isPlain(unfolded) ? unfolded : EncodedWords.decode(unfolded);
  }

  /** As {@link #decode}, with every run of white space made one space. */
  public static String decodeCompressed(String value) {
    if (isCompressed(value)) {
      return value;
    }
    String text = decode(value);
    StringBuilder compressed = null;
    boolean space = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isSpace = c == ' ' || c == '\t' || c == '\r' || c == '\n';
      if (compressed == null && (isSpace && space || isSpace && c != ' ')) {
        compressed = new StringBuilder(text.length()).append(text, 0, i);
      }
      if (compressed != null && !(isSpace && space)) {
        compressed.append(isSpace ? ' ' : c);
      }
      space = isSpace;
    }
    return compressed == null ? text : compressed.toString();
  }

  /** Whether there is nothing to be done about a value, as with most subjects. */
  private static boolean isCompressed(String value) {
    char last = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c >= 0x80 || c == '?' && last == '=' || c == ' ' && last == ' ') {
        return false;
      }
      last = c;
    }
    return true;
  }

  /**
   * The addresses of a field in one form, as Dovecot compares them: {@code name <mailbox@domain>}
   * with the name in quotes unless it is a single atom, groups as {@code name: …;}; then decoded.
   * What is no address stays as it is.
   */
  public static String addresses(String value) {
    List<MailAddress> list = MailAddress.parse(value);
    if (list.isEmpty()) {
      return decode(value);
    }
    StringBuilder text = new StringBuilder();
    String before = "";
    for (MailAddress address : list) {
      boolean groupEnds = address.mailbox() == null;
      boolean groupBegins = !groupEnds && address.domain() == null;
      text.append(groupEnds ? "" : before);
      if (groupEnds) {
        text.append(';');
      } else if (groupBegins) {
        text.append(address.mailbox()).append(':');
      } else {
        append(address, text);
      }
      before = groupBegins ? " " : ", ";
    }
    return decode(text.toString());
  }

  private static void append(MailAddress address, StringBuilder text) {
    String spec =
        address.domain().isEmpty() ? address.mailbox() : address.mailbox() + "@" + address.domain();
    String name = address.name();
    if (name == null || name.isEmpty()) {
      text.append(spec);
      return;
    }
    boolean atom = name.matches(ATOM);
    text.append(atom ? name : '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"');
    text.append(" <").append(spec).append('>');
  }

  /** Makes a line break with the white space behind it one space. */
  static String unfold(String value) {
    if (value.indexOf('\n') < 0) {
      return value;
    }
    StringBuilder line = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean breaks = c == '\n' || c == '\r' && value.startsWith("\n", i + 1);
      if (!breaks) {
        line.append(c);
      } else {
        i += c == '\r' ? 2 : 1;
        boolean space = i < value.length() && " \t".indexOf(value.charAt(i)) >= 0;
        line.append(' ');
        i -= space ? 0 : 1;
      }
    }
    return line.toString();
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80 || c == 0 || c == '=' && text.startsWith("?", i + 1)) {
        return false;
      }
    }
    return true;
  }
}
