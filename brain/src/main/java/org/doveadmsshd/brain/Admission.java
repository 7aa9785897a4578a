package org.doveadmsshd.brain;

import java.util.concurrent.atomic.AtomicLong;

/** Lets users into a run, and no more of them than it is for. Safe for several threads. */
final class Admission {
  private final long limit;
  private final AtomicLong entered = new AtomicLong();

  Admission(Flow flow) {
    limit = flow.limit().orElse(Long.MAX_VALUE);
  }

  /** Lets the next user in; false for one beyond those that the run is for. */
  boolean enters() {
    return entered.getAndUpdate(count -> Math.min(count + 1, limit)) < limit;
  }

  /** Whether no further user will be let in. */
  boolean isFull() {
    return entered.get() >= limit;
  }
}
