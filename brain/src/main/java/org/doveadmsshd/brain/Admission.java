package org.doveadmsshd.brain;

import java.util.concurrent.Executor;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.journal.UserEnd;

/**
 * Lets users into a run: no more than it is for, and those after the canaries when it has been
 * decided whether they are begun. Safe for several threads.
 */
final class Admission {
  private final long limit;
  private final long canaries;
  private final Verdict verdict;
  private final Executor executor;
  private final boolean isGoneOn;

  // guarded by this
  private long entered;

  /** Users whom the limit has counted, in this run or before. */
  private long counted;

  private long ended;
  private long bad;
  private State state;

  /** Decides when the canaries have ended. */
  @FunctionalInterface
  interface Verdict {
    /**
     * Decides what becomes of those who follow; may wait for a person.
     *
     * @param canaries how many there were
     * @param bad how many of them were not ok
     */
    void decide(long canaries, long bad);
  }

  private enum State {
    /** Canaries are let in, and nobody else. */
    CANARIES,
    /** They have ended, and it is decided about the others. */
    DECIDING,
    /** All are let in. */
    OPEN
  }

  /**
   * @param before how many users the limit has counted in the run that is gone on with
   * @param executor runs the verdict, which nobody waits for when the run is stopped
   */
  Admission(Flow flow, long before, Verdict verdict, Executor executor) {
    counted = before;
    isGoneOn = before > 0;
    limit = flow.limit().orElse(Long.MAX_VALUE);
    canaries = flow.canary().orElse(0);
    state = canaries > 0 ? State.CANARIES : State.OPEN;
    this.verdict = verdict;
    this.executor = executor;
  }

  /**
   * Lets the next user in, perhaps later; false when he will not be in the run.
   *
   * @param isCounted whether the limit has counted him in the run that is gone on with
   */
  synchronized boolean enters(boolean isCounted) throws InterruptedException {
    while (state != State.OPEN && entered >= canaries) {
      if (state == State.CANARIES && ended >= canaries) {
        state = State.DECIDING;
        long notOk = bad;
        executor.execute(() -> decide(notOk));
      }
      wait();
    }
    boolean enters = isCounted || counted < limit;
    entered += enters ? 1 : 0;
    counted += enters && !isCounted ? 1 : 0;
    return enters;
  }

  private void decide(long notOk) {
    try {
      verdict.decide(canaries, notOk);
    } finally {
      open();
    }
  }

  /** All are let in from now on: whoever is let in is perhaps not begun. */
  synchronized void open() {
    state = State.OPEN;
    notifyAll();
  }

  /** Hears of the end of a user. */
  synchronized void ended(UserEnd end) {
    if (end.sequence() < canaries) {
      ended++;
      bad += end.outcome() == Outcome.OK ? 0 : 1;
      notifyAll();
    }
  }

  /**
   * Whether nobody is let in any more. A run that goes on with another one reads its list to the
   * end: whoever is in that may stand anywhere.
   *
   * @param assigned how many of those who are in have been counted by the run
   */
  boolean isFull(long assigned) {
    return !isGoneOn && assigned >= limit;
  }
}
