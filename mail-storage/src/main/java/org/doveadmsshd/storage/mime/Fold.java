package org.doveadmsshd.storage.mime;

import java.text.Normalizer;

/**
 * Folds text for comparison as Dovecot does (i;unicode-casemap, RFC 5051): every character to its
 * simple title case, then decomposed. So case does not matter in any script, accents do.
 */
final class Fold {
  /** {@link #asciiOf} a character that folds to nothing of ASCII. */
  static final byte NO_ASCII = 1;

  /**
   * {@link #asciiOf} a character that folds to more ASCII than one letter with marks behind it:
   * ligatures, wide letters, fractions.
   */
  static final byte COMPATIBLE = 2;

  /** By character, 0 where it is not known yet. */
  private static final byte[] ASCII = new byte[0x10000];

  /** Code points that share an entry in {@link #BLOCKS}, as a shift. */
  private static final int BLOCK = 6;

  /** By block, of the characters that have no entry above. */
  private static final byte[] BLOCKS = new byte[Character.MAX_CODE_POINT + 1 >> BLOCK];

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

  /** As {@link #fold(CharSequence)}, for a part of an array. */
  static CharSequence fold(char[] text, int from, int to) {
    StringBuilder folded = new StringBuilder(to - from + 16);
    for (int i = from; i < to; i++) {
      char c = text[i];
      if (c < 0x80) {
        folded.append((char) ascii(c));
      } else {
        int codePoint = Character.codePointAt(text, i, to);
        folded.append(fold(codePoint));
        i += Character.charCount(codePoint) - 1;
      }
    }
    return folded;
  }

  /**
   * Where the next character is that is {@link #COMPATIBLE}, or half of one that may be; the end
   * where there is none.
   */
  static int nextCompatible(char[] text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text[i] >= 0x80 && asciiOf(text[i]) == COMPATIBLE) {
        return i;
      }
    }
    return to;
  }

  /**
   * What a character outside ASCII folds to of ASCII: a letter that has nothing but marks behind
   * it, {@link #NO_ASCII}, or {@link #COMPATIBLE}, which halves of surrogate pairs are as well.
   */
  static byte asciiOf(int codePoint) {
    if (codePoint >= ASCII.length) {
      return ofBlock(codePoint >> BLOCK);
    }
    byte ascii = ASCII[codePoint]; // a race only means the work is done twice
    if (ascii == 0) {
      ascii = Character.isSurrogate((char) codePoint) ? COMPATIBLE : ofFolded(fold(codePoint));
      ASCII[codePoint] = ascii;
    }
    return ascii;
  }

  private static byte ofFolded(String folded) {
    boolean begins = folded.charAt(0) < 0x80;
    boolean further = folded.chars().skip(1).anyMatch(each -> each < 0x80);
    if (further || begins && folded.length() == 1) {
      return COMPATIBLE;
    }
    return begins ? (byte) folded.charAt(0) : NO_ASCII;
  }

  private static byte ofBlock(int block) {
    byte kind = BLOCKS[block]; // as above
    if (kind == 0) {
      int first = block << BLOCK;
      kind = NO_ASCII;
      for (int each = first; each < first + (1 << BLOCK); each++) {
        kind = ofFolded(compute(each)) == NO_ASCII ? kind : COMPATIBLE;
      }
      BLOCKS[block] = kind;
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
