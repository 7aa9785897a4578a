package org.doveadmsshd.storage.mime;

import java.text.Normalizer;

/**
 * Folds text for comparison as Dovecot does (i;unicode-casemap, RFC 5051): every character to its
 * simple title case, then decomposed. So case does not matter in any script, accents do.
 */
final class Fold {
  private static final byte COMPATIBLE = 1;
  private static final byte OTHER = 2;
  private static final byte[] KINDS = new byte[0x10000];

  private static final String[] CACHE = new String[0x10000];

  private Fold() {}

  static String fold(CharSequence text) {
    StringBuilder folded = new StringBuilder(text.length());
    text.codePoints().forEach(c -> folded.append(fold(c)));
    return folded.toString();
  }

  /** The folded form of one character; often itself. */
  static String fold(int codePoint) {
    if (codePoint < CACHE.length) {
      String cached = CACHE[codePoint]; // a race only means the work is done twice
      if (cached == null) {
        cached = compute(codePoint);
        CACHE[codePoint] = cached;
      }
      return cached;
    }
    return compute(codePoint);
  }

  private static String compute(int codePoint) {
    String titled = Character.toString(Character.toTitleCase(codePoint));
    return Normalizer.normalize(titled, Normalizer.Form.NFKD);
  }

  /** As {@link #fold(CharSequence)}, for the beginning of an array. */
  static CharSequence fold(char[] text, int length) {
    StringBuilder folded = new StringBuilder(length + 16);
    for (int i = 0; i < length; i++) {
      char c = text[i];
      if (c < 0x80) {
        folded.append((char) ascii(c));
      } else {
        int codePoint = Character.codePointAt(text, i, length);
        folded.append(fold(codePoint));
        i += Character.charCount(codePoint) - 1;
      }
    }
    return folded;
  }

  /**
   * Whether a text has characters outside ASCII that fold to more ASCII than one letter with marks
   * behind it: ligatures, wide letters, fractions.
   */
  static boolean hasCompatible(char[] text, int length) {
    for (int i = 0; i < length; i++) {
      if (text[i] >= 0x80 && kind(text[i]) == COMPATIBLE) {
        return true;
      }
    }
    return false;
  }

  private static byte kind(char c) {
    byte kind = KINDS[c]; // a race only means the work is done twice
    if (kind == 0) {
      String folded = fold(c);
      boolean alone = folded.length() == 1 && folded.charAt(0) < 0x80;
      boolean further = folded.chars().skip(1).anyMatch(each -> each < 0x80);
      kind = Character.isSurrogate(c) || alone || further ? COMPATIBLE : OTHER;
      KINDS[c] = kind;
    }
    return kind;
  }

  /** The letter that a character outside ASCII folds to with marks behind it. */
  static char base(char c) {
    return fold(c).charAt(0);
  }

  /** The lower-case form of an ASCII letter; anything else as it is. */
  static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
  }

  /** The upper-case form of an ASCII letter; any other byte as it is. */
  static int ascii(int b) {
    return b >= 'a' && b <= 'z' ? b - 32 : b;
  }
}
