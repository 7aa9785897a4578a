package org.doveadmsshd.storage.maildir;

/** Numbers in files that other programs write; without a regular expression for each mail. */
final class Digits {
  private Digits() {}

  /**
   * The number that a text is.
   *
   * @param most digits of it, 18 at most
   * @param other what is returned for a text that has others than 0 to 9 in it, more, or none
   */
  static long number(String text, int most, long other) {
    if (text.isEmpty() || text.length() > most) {
      return other;
    }
    long number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return other;
      }
      number = 10 * number + c - '0';
    }
    return number;
  }
}
