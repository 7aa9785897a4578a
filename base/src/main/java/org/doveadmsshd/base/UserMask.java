package org.doveadmsshd.base;

import java.util.Locale;

/**
 * A user name, or a pattern of them: {@code *} stands for any characters, {@code ?} for one. Case
 * does not count.
 *
 * @param text in lower case
 */
public record UserMask(String text) {
  /** Every user. */
  public static final UserMask ALL = new UserMask("*");

  public UserMask {
    text = text.toLowerCase(Locale.ROOT);
  }

  public static boolean hasWildcard(String text) {
    return text.indexOf('*') >= 0 || text.indexOf('?') >= 0;
  }

  public boolean hasWildcard() {
    return hasWildcard(text);
  }

  /** Takes time in proportion to mask times name at worst, whatever the mask. */
  public boolean matches(String name) {
    String user = name.toLowerCase(Locale.ROOT);
    int star = -1;
    int retry = 0;
    int m = 0;
    int u = 0;
    while (u < user.length()) {
      if (m < text.length() && text.charAt(m) == '*') {
        star = m++;
        retry = u;
      } else if (m < text.length() && (text.charAt(m) == '?' || text.charAt(m) == user.charAt(u))) {
        m++;
        u++;
      } else if (star >= 0) {
        m = star + 1;
        u = ++retry;
      } else {
        return false;
      }
    }
    while (m < text.length() && text.charAt(m) == '*') {
      m++;
    }
    return m == text.length();
  }
}
