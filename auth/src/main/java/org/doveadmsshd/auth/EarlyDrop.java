package org.doveadmsshd.auth;

import java.util.random.RandomGenerator;

/**
 * How many strangers there may be, as MaxStartups of sshd_config(5): from some number on newcomers
 * are refused at random, the more the likelier. So strangers that hold many places cannot keep all
 * others out, as they could at a hard limit.
 *
 * @param start the number from which on some are refused
 * @param rate the percentage that is refused then
 * @param full the number from which on all are refused; at least as many as {@code start}
 */
public record EarlyDrop(int start, int rate, int full) {
  private static final int ALL = 100;

  public EarlyDrop {
    if (start < 0 || rate < 0 || rate > ALL || full < start) {
      throw new IllegalArgumentException();
    }
  }

  /**
   * Reads {@code start:rate:full}, or one number for a hard limit.
   *
   * @throws IllegalArgumentException that says what is expected
   */
  public static EarlyDrop parse(String text) {
    String[] words = text.split(":", -1);
    try {
      int start = Integer.parseInt(words[0]);
      if (words.length == 1) {
        return new EarlyDrop(start, ALL, start);
      }
      if (words.length == 3) {
        return new EarlyDrop(start, Integer.parseInt(words[1]), Integer.parseInt(words[2]));
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new IllegalArgumentException(
        "expected <start>:<percent>:<full>, such as 10:30:100, or one number");
  }

  /** Whether a newcomer is refused while there are this many. */
  public boolean drops(int present, RandomGenerator random) {
    if (present < start) {
      return false;
    }
    if (present >= full) {
      return true;
    }
    long percent = rate + (long) (ALL - rate) * (present - start) / (full - start);
    return random.nextInt(ALL) < percent;
  }
}
