package org.doveadmsshd.base;

/**
 * Which names a user can have. Every name is checked where it comes in: from a command line, a
 * file, a lane, a backend, the server that asks the supervisor.
 */
public final class UserName {
  /** In characters. */
  public static final int MAX_LENGTH = 255;

  private static final int SHOWN = 60;
  private static final int REPLACEMENT = 0xfffd;

  private UserName() {}

  /** Whether a user can have this name; if not, no backend is asked. */
  public static boolean isPossible(String name) {
    return !name.isEmpty() && name.length() <= MAX_LENGTH && !hasOdd(name);
  }

  private static boolean hasOdd(String name) {
    int c;
    for (int i = 0; i < name.length(); i += Character.charCount(c)) {
      c = name.codePointAt(i);
      if (isOdd(c)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Control characters, halves of characters, which no encoding has, and what stands for bytes that
   * are no UTF-8: two such names would be one.
   */
  private static boolean isOdd(int c) {
    return Character.isISOControl(c)
        || c == REPLACEMENT
        || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
  }

  /**
   * Whether a name can become part of a path without leading elsewhere, as a whole or in the two
   * parts around its {@code @}. None of them is empty, or {@code %d/%n} would be the directory of a
   * whole domain.
   */
  public static boolean isFitForPaths(String name) {
    int at = name.lastIndexOf('@');
    return isPossible(name)
        && isFitForPath(name.substring(0, at < 0 ? name.length() : at))
        && (at < 0 || isFitForPath(name.substring(at + 1)))
        && !name.contains("..");
  }

  private static boolean isFitForPath(String part) {
    return !part.isEmpty() && part.charAt(0) != '.' && part.indexOf('/') < 0;
  }

  /**
   * Checks the name of the user that a request is for.
   *
   * @throws Failure with exit code 67, as for an unknown user
   */
  public static void check(String name) throws Failure {
    if (!isPossible(name)) {
      throw new Failure(Outcome.NO_USER, explanation(name));
    }
  }

  /** Why a name is no user's, for people. */
  public static String explanation(String name) {
    return "No user is called \"%s\": a name has 1 to %d characters, none of them control characters"
        .formatted(Printable.line(name, SHOWN), MAX_LENGTH);
  }
}
