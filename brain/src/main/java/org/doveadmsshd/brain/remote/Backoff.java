package org.doveadmsshd.brain.remote;

import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before a server that is away is tried again: longer each time, and not as long
 * as all others wait. For one thread at a time.
 */
final class Backoff {
  private static final long MILLION = 1_000_000;
  private static final long FIRST_NANOS = 250 * MILLION;
  private static final long LONGEST_NANOS = 5000 * MILLION;

  /** How often a server is tried at least before it is given up. */
  private static final int LEAST_TRIES = 12;

  private int tries;

  /**
   * The next delay, in nanoseconds.
   *
   * @param absence after how many nanoseconds the server is given up
   */
  long next(long absence) {
    long most = Math.min(LONGEST_NANOS, absence / LEAST_TRIES);
    long longest = Math.max(2, Math.min(most, FIRST_NANOS << Math.min(tries, 10)));
    tries++;
    return ThreadLocalRandom.current().nextLong(longest / 2, longest);
  }

  /** The server has answered: it begins anew. */
  void reset() {
    tries = 0;
  }
}
