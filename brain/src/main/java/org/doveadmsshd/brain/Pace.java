package org.doveadmsshd.brain;

/** How many users a second a run may begin: as many as it can, until somebody slows it down. */
final class Pace {
  private static final long SECOND = 1_000_000_000;

  // guarded by this
  private long between;
  private long next;

  /**
   * Slows down.
   *
   * @param usersPerSecond 0 for as many as possible
   */
  synchronized void set(int usersPerSecond) {
    between = usersPerSecond == 0 ? 0 : SECOND / usersPerSecond;
    next = System.nanoTime();
  }

  synchronized boolean isLimited() {
    return between > 0;
  }

  /** Begins a user if one may begin now. Otherwise returns how many nanoseconds are missing. */
  synchronized long begin() {
    long now = System.nanoTime();
    if (between > 0 && next - now > 0) {
      return next - now;
    }
    next = now + between;
    return 0;
  }
}
