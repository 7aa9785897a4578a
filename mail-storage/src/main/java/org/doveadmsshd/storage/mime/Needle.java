package org.doveadmsshd.storage.mime;

import java.util.Arrays;

/** A text to search for, prepared once. Immutable; each search has a {@link Search} of its own. */
public final class Needle {
  private final String folded;
  private final int[] failure;
  private final byte[] ascii;
  private final int[] shift;
  private final boolean empty;

  /**
   * @param text decoded; an empty one is found everywhere
   */
  public Needle(String text) {
    folded = Fold.fold(text);
    empty = text.isEmpty();
    failure = failureFunction(folded);
    boolean isAscii = !folded.isEmpty() && folded.chars().allMatch(c -> c < 0x80);
    ascii = isAscii ? folded.getBytes(java.nio.charset.StandardCharsets.US_ASCII) : null;
    shift = isAscii ? shifts(ascii) : null;
  }

  /** Where a Knuth-Morris-Pratt search goes on after a mismatch. */
  private static int[] failureFunction(String pattern) {
    int[] failure = new int[pattern.length() + 1];
    failure[0] = -1;
    int matched = -1;
    for (int i = 0; i < pattern.length(); i++) {
      while (matched >= 0 && pattern.charAt(matched) != pattern.charAt(i)) {
        matched = failure[matched];
      }
      failure[i + 1] = ++matched;
    }
    return failure;
  }

  /** How far a Horspool search may move, by the byte under the pattern's end; case folded in. */
  private static int[] shifts(byte[] pattern) {
    int[] shift = new int[256];
    Arrays.fill(shift, pattern.length);
    for (int i = 0; i < pattern.length - 1; i++) {
      shift[pattern[i]] = pattern.length - 1 - i;
      shift[Character.toLowerCase(pattern[i])] = pattern.length - 1 - i;
    }
    return shift;
  }

  /** Whether every text has it. */
  public boolean isEmpty() {
    return empty;
  }

  /** Whether it is made of ASCII alone, so that bytes can be compared. */
  boolean isAscii() {
    return ascii != null;
  }

  int length() {
    return folded.length();
  }

  /** Whether it occurs in a text. */
  public boolean isIn(String text) {
    Search search = new Search();
    search.accept(text);
    return search.isFound();
  }

  /** Whether it occurs in ASCII bytes. Only for {@link #isAscii() ASCII needles}. */
  boolean isInAscii(byte[] bytes, int from, int to) {
    int last = ascii.length - 1;
    byte end = ascii[last];
    for (int i = from + last; i < to; i += shift[bytes[i] & 0xff]) {
      if (Fold.ascii(bytes[i]) == end && endsAt(bytes, i)) {
        return true;
      }
    }
    return false;
  }

  private boolean endsAt(byte[] bytes, int end) {
    int start = end - ascii.length + 1;
    for (int i = 0; i < ascii.length - 1; i++) {
      if (Fold.ascii(bytes[start + i]) != ascii[i]) {
        return false;
      }
    }
    return true;
  }

  /** One search through text that comes in pieces. */
  final class Search {
    private int matched;
    private boolean found = empty;

    void accept(String text) {
      accept(text.toCharArray(), 0, text.length());
    }

    void accept(char[] text, int from, int to) {
      if (folded.isEmpty()) {
        return;
      }
      char first = folded.charAt(0);
      char lower = Character.toLowerCase(first);
      for (int i = from; i < to && !found; i++) {
        char c = text[i];
        if (c >= 0x80) {
          i += fold(text, i, to);
        } else if (matched > 0 || c == first || c == lower) {
          step((char) Fold.ascii(c));
        }
      }
    }

    /** Takes a character outside ASCII; returns how many further chars belong to it. */
    private int fold(char[] text, int at, int to) {
      int codePoint = Character.codePointAt(text, at, to);
      String piece = Fold.fold(codePoint);
      for (int i = 0; i < piece.length(); i++) {
        step(piece.charAt(i));
      }
      return Character.charCount(codePoint) - 1;
    }

    private void step(char c) {
      if (found) {
        return;
      }
      while (matched >= 0 && folded.charAt(matched) != c) {
        matched = failure[matched];
      }
      if (++matched == folded.length()) {
        found = true;
        matched = 0;
      }
    }

    boolean isFound() {
      return found;
    }
  }
}
