package org.doveadmsshd.console.result;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds a text in lines; case does not count. Takes time in proportion to the line, whatever is
 * looked for (Knuth, Morris and Pratt's method).
 */
final class TextSearch {
  private final String text;
  private final char[] wanted;

  /** For each beginning of what is wanted: its longest end that it begins with, too. */
  private final int[] borders;

  TextSearch(String text) {
    this.text = text;
    wanted = text.toCharArray();
    borders = new int[wanted.length];
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = folded(wanted[i]);
    }
    for (int i = 1, border = 0; i < wanted.length; i++) {
      border = longer(border, wanted[i]);
      borders[i] = border;
    }
  }

  /** As it was typed. */
  String text() {
    return text;
  }

  boolean isIn(String line) {
    return find(line, 0) >= 0;
  }

  /** Where it begins in a line, each behind the end of the one before. */
  List<Integer> all(String line) {
    List<Integer> all = new ArrayList<>();
    for (int at = find(line, 0); at >= 0; at = find(line, at + wanted.length)) {
      all.add(at);
    }
    return all;
  }

  /** Where it begins first from there on; -1 when it does not. */
  private int find(String line, int from) {
    int matched = 0;
    for (int i = from; i < line.length() && wanted.length > 0; i++) {
      matched = longer(matched, folded(line.charAt(i)));
      if (matched == wanted.length) {
        return i - matched + 1;
      }
    }
    return -1;
  }

  /** So many characters matched; how many do with one more. */
  private int longer(int matched, char next) {
    int length = matched;
    while (length > 0 && wanted[length] != next) {
      length = borders[length - 1];
    }
    return wanted[length] == next ? length + 1 : length;
  }

  private static char folded(char c) {
    return Character.toLowerCase(Character.toUpperCase(c));
  }
}
