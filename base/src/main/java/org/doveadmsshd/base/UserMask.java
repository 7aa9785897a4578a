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
    return Wildcards.matches(text, name.toLowerCase(Locale.ROOT));
  }
}
