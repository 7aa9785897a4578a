package org.doveadmsshd.brain;

import org.doveadmsshd.base.Rate;

/**
 * How many users may be begun in a span of time. Whoever is woken late catches up, so that the rate
 * is kept however coarse the clock is that wakes. Safe for several threads.
 */
final class Pace {
  /** The time that may be caught up with. */
  private static final long LATE_NANOS = 10_000_000;

  /** How long whoever may begin nobody waits before asking again. */
  private static final long HELD_NANOS = 1_000_000_000;

  // guarded by this
  private Rate rate;
  private long between;
  private long next;
  private boolean held;
  private long begun;

  Pace(Rate rate) {
    set(rate);
  }

  /** From now on so many may begin. */
  synchronized void set(Rate rate) {
    this.rate = rate;
    held = false;
    between = rate.nanosBetween();
    next = System.nanoTime();
  }

  /** Nobody may begin until a rate is set. */
  synchronized void hold() {
    held = true;
  }

  /** How many may begin. */
  synchronized Rate rate() {
    return rate;
  }

  /** How many have begun. */
  synchronized long begun() {
    return begun;
  }

  synchronized boolean isLimited() {
    return held || between > 0;
  }

  /** How many nanoseconds are missing until a user may begin; 0 for none. */
  synchronized long missing() {
    if (held) {
      return HELD_NANOS;
    }
    return between == 0 ? 0 : Math.max(0, next - System.nanoTime());
  }

  /** Begins a user if one may begin now. Otherwise returns how many nanoseconds are missing. */
  synchronized long begin() {
    long missing = missing();
    if (missing == 0 && between > 0) {
      long late = System.nanoTime() - next;
      next += between + Math.max(0, late - LATE_NANOS);
    }
    begun += missing == 0 ? 1 : 0;
    return missing;
  }
}
