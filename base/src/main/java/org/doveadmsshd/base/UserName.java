package org.doveadmsshd.base;

/** What a user can be called. */
public final class UserName {
  public static final int MAX_LENGTH = 255;

  private UserName() {}

  /** Whether anybody can be called that; if not, no backend is asked. */
  public static boolean isPossible(String name) {
    return !name.isEmpty()
        && name.length() <= MAX_LENGTH
        && name.chars().noneMatch(Character::isISOControl);
  }
}
