package org.doveadmsshd.brain;

import org.doveadmsshd.base.Rate;

/**
 * How many users may be begun in a span of time. Whoever is woken late catches up, so that the rate
 * is kept however coarse the clock is that wakes. Safe for several threads.
 */
final class Pace {
  /** The time that may be caught up with. */
  private static final long LATE_NANOS = 10_000_000;

  // guarded by this
  private long between;
  private long next;

  Pace(Rate rate) {
    set(rate);
  }

  /** From now on so many may begin. */
  synchronized void set(Rate rate) {
    between = rate.nanosBetween();
    next = System.nanoTime();
  }

  synchronized boolean isLimited() {
    return between > 0;
  }

  /** How many nanoseconds are missing until a user may begin; 0 for none. */
  synchronized long missing() {
    return between == 0 ? 0 : Math.max(0, next - System.nanoTime());
  }

  /** Begins a user if one may begin now. Otherwise returns how many nanoseconds are missing. */
  synchronized long begin() {
    long missing = missing();
    if (missing == 0 && between > 0) {
      long late = System.nanoTime() - next;
      next += between + Math.max(0, late - LATE_NANOS);
    }
    return missing;
  }
}
