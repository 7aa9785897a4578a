package org.doveadmsshd.auth.scheme;

/** One way to store a password. */
interface Scheme {
  /**
   * Compares a password with a hash, in a time that does not depend on how much of it is right.
   *
   * @param user whose password it is; few schemes look at it
   * @throws IllegalArgumentException when the hash is malformed
   */
  boolean verify(String user, String password, String hash);

  /**
   * Makes a hash with a salt of its own.
   *
   * @param rounds how much work it is; 0 for what is usual
   * @throws IllegalArgumentException when the rounds are out of range
   */
  String make(String user, String password, int rounds);

  /**
   * Checks rounds.
   *
   * @throws IllegalArgumentException when they are out of range
   */
  static void check(int rounds, int least, int most) {
    if (rounds < least || rounds > most) {
      throw new IllegalArgumentException("between " + least + " and " + most);
    }
  }

  /** The cost of verifying a hash; called before that, with any text. */
  default HashCost cost(String hash) {
    return HashCost.LITTLE;
  }

  /** Bytes that making a hash takes. */
  default long memory() {
    return 0;
  }

  /** Whether hashes are bytes, in base64 or hexadecimal digits, rather than text of their own. */
  default boolean isBinary() {
    return false;
  }
}
