package org.doveadmsshd.base;

import java.util.List;
import java.util.stream.Collectors;

/** Words as they are typed to a POSIX shell, and to us. */
public final class ShellWord {
  private ShellWord() {}

  /** The word itself, or in single quotes where a shell would take it for something else. */
  public static String of(String word) {
    return word.isEmpty() || !word.chars().allMatch(ShellWord::isPlain)
        ? "'" + word.replace("'", "'\\''") + "'"
        : word;
  }

  /** Words of one line. */
  public static String line(List<String> words) {
    return words.stream().map(ShellWord::of).collect(Collectors.joining(" "));
  }

  private static boolean isPlain(int c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || "@%+=:,./_-".indexOf(c) >= 0
        || c >= 0xa0 && Character.isLetterOrDigit(c);
  }
}
