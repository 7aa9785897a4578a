package org.doveadmsshd.base;

import java.util.Locale;
import java.util.Optional;

/** Which of the words that there are may have been meant by one that there is not. */
public final class Nearest {
  /** So many letters may be wrong; of a short word a third of them. */
  private static final int MOST_WRONG = 3;

  /** Nothing that anybody means is longer. */
  private static final int LONGEST = 64;

  private Nearest() {}

  /** The word that is nearest, in whatever case; nothing when none is near. */
  public static Optional<String> to(String word, Iterable<String> known) {
    String wanted = word.toLowerCase(Locale.ROOT);
    if (wanted.length() > LONGEST) {
      return Optional.empty();
    }
    int least = Math.min(MOST_WRONG, wanted.length() / 3) + 1;
    String best = null;
    for (String each : known) {
      int wrong = distance(wanted, each.toLowerCase(Locale.ROOT), least);
      if (wrong < least && !each.isEmpty()) {
        least = wrong;
        best = each;
      }
    }
    return Optional.ofNullable(best);
  }

  /** What to put behind a message about the word: {@code (did you mean …?)}, or nothing. */
  public static String question(String word, Iterable<String> known) {
    return to(word, known).map(near -> " (did you mean " + near + "?)").orElse("");
  }

  /**
   * How many letters are to be changed, added, left out, or to change places with their neighbour
   * (optimal string alignment); {@code most} when there are as many or more.
   */
  private static int distance(String one, String other, int most) {
    if (Math.abs(one.length() - other.length()) >= most) {
      return most;
    }
    int[] before = new int[other.length() + 1];
    int[] above = new int[other.length() + 1];
    int[] row = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int change = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(above[j - 1] + change, Math.min(above[j], row[j - 1]) + 1);
        if (isSwap(one, other, i, j)) {
          row[j] = Math.min(row[j], before[j - 2] + 1);
        }
      }
      int[] free = before;
      before = above;
      above = row;
      row = free;
    }
    return Math.min(above[other.length()], most);
  }

  private static boolean isSwap(String one, String other, int i, int j) {
    return i > 1
        && j > 1
        && one.charAt(i - 1) == other.charAt(j - 2)
        && one.charAt(i - 2) == other.charAt(j - 1);
  }
}
