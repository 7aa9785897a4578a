package org.doveadmsshd.base;

/** Patterns in which {@code *} stands for any characters and {@code ?} for one. */
public final class Wildcards {
  private Wildcards() {}

  /**
   * Whether a text is what a mask stands for, as a whole. Case counts. Takes time in proportion to
   * mask times text at worst, whatever the mask.
   */
  public static boolean matches(String mask, String text) {
    int star = -1;
    int retry = 0;
    int m = 0;
    int t = 0;
    while (t < text.length()) {
      if (m < mask.length() && mask.charAt(m) == '*') {
        star = m++;
        retry = t;
      } else if (m < mask.length() && (mask.charAt(m) == '?' || mask.charAt(m) == text.charAt(t))) {
        m++;
        t++;
      } else if (star >= 0) {
        m = star + 1;
        t = ++retry;
      } else {
        return false;
      }
    }
    while (m < mask.length() && mask.charAt(m) == '*') {
      m++;
    }
    return m == mask.length();
  }
}
