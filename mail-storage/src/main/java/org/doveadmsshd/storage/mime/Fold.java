package org.doveadmsshd.storage.mime;

import java.text.Normalizer;

/**
 * Folds text for comparison as Dovecot does (i;unicode-casemap, RFC 5051): every character to its
 * simple title case, then decomposed. So case does not matter in any script, accents do.
 */
final class Fold {
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

  /** The upper-case form of an ASCII letter; any other byte as it is. */
  static int ascii(int b) {
    return b >= 'a' && b <= 'z' ? b - 32 : b;
  }
}
