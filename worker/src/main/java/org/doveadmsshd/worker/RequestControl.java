package org.doveadmsshd.worker;

import org.doveadmsshd.protocol.Failure;
import org.doveadmsshd.protocol.Outcome;

/** Lets others stop a request. Safe for several threads. */
public final class RequestControl {
  private volatile boolean cancelled;
  private long deadline = Long.MAX_VALUE;

  /** Asks the request to stop at its next checkpoint. */
  public void cancel() {
    cancelled = true;
  }

  /** Starts the clock of a request; called by the thread that works on it. */
  void begin(long deadlineMillis) {
    deadline =
        deadlineMillis <= 0 ? Long.MAX_VALUE : System.nanoTime() + deadlineMillis * 1_000_000L;
  }

  /**
   * Called by the working thread.
   *
   * @throws Failure when it should stop
   */
  void check() throws Failure {
    if (cancelled) {
      throw new Failure(Outcome.CANCELLED, "Cancelled");
    }
    if (deadline != Long.MAX_VALUE && System.nanoTime() - deadline > 0) {
      throw new Failure(
          Outcome.TIMED_OUT, "Took longer than allowed; what was done until then stays done");
    }
  }
}
