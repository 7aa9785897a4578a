package org.doveadmsshd.base;

/**
 * Text from outside made fit for a terminal, a log or a message: whatever could move a cursor, end
 * a line or turn the reading direction becomes U+FFFD.
 *
 * <p>Text is changed where it leaves the program, not where it comes in: files, queries and the
 * protocol keep what was sent.
 */
public final class Printable {
  /** Stands for characters that are not shown. */
  public static final char REPLACEMENT = '\ufffd';

  private Printable() {}

  /** The text as one line. Tabs and line breaks are replaced, too. */
  public static String line(String text) {
    return isLine(text) ? text : replaced(text, false);
  }

  /**
   * As {@link #line(String)}, cut with {@code …} where it is longer than {@code most} characters.
   */
  public static String line(String text, int most) {
    boolean isLong = text.length() > most;
    return line(isLong ? text.substring(0, most - 1) + '…' : text);
  }

  /** As {@link #line(String)}, but tabs and line feeds stay. */
  public static String lines(String text) {
    return replaced(text, true);
  }

  /** Whether a character does more than stand in its place. */
  public static boolean isControl(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      case Character.FORMAT -> turnsDirection(codePoint);
      default -> false;
    };
  }

  /**
   * The embeddings, overrides, isolates and marks of Unicode's bidirectional algorithm (UAX #9).
   */
  private static boolean turnsDirection(int c) {
    return c >= 0x202a && c <= 0x202e
        || c >= 0x2066 && c <= 0x2069
        || c == 0x200e
        || c == 0x200f
        || c == 0x061c;
  }

  private static boolean isLine(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~') {
        return false;
      }
    }
    return true;
  }

  private static String replaced(String text, boolean severalLines) {
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              boolean stays = severalLines && (c == '\n' || c == '\t') || !isControl(c);
              shown.appendCodePoint(stays ? c : REPLACEMENT);
            });
    return shown.toString();
  }
}
