package org.doveadmsshd.brain;

import java.time.Duration;

/** How long a run may still go on. Safe for several threads. */
final class RunClock {
  private final long begun = System.nanoTime();
  private final Duration longest;
  private final Patience patience;
  private volatile long stoppedAt;
  private volatile boolean expired;

  /**
   * @param longest how long the run may take; zero for any time
   */
  RunClock(Duration longest, Patience patience) {
    this.longest = longest;
    this.patience = patience;
  }

  /** Whether its time is over now, and it has not been stopped before. */
  boolean expires() {
    boolean over = !longest.isZero() && System.nanoTime() - begun > longest.toNanos();
    boolean now = over && !isStopped();
    expired |= now;
    return now;
  }

  /** Whether it was stopped because its time was over. */
  boolean hasExpired() {
    return expired;
  }

  /** It is stopped; only the first time counts. */
  synchronized void stop() {
    stoppedAt = stoppedAt == 0 ? System.nanoTime() | 1 : stoppedAt;
  }

  boolean isStopped() {
    return stoppedAt != 0;
  }

  /** Whether what is under way should have stopped by now. */
  boolean isLate() {
    long stopped = stoppedAt;
    return stopped != 0 && System.nanoTime() - stopped > patience.stop().toNanos();
  }
}
