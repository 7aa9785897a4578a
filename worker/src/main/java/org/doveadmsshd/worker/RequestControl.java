package org.doveadmsshd.worker;

import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;

/** Lets others stop a request. Safe for several threads. */
public final class RequestControl {
  /** A hundred years; a longer deadline is none. */
  private static final long MAX_MILLIS = 100L * 365 * 24 * 3600 * 1000;

  private volatile boolean cancelled;
  private Runnable onCancel;
  private volatile long deadline = Long.MAX_VALUE;

  /** Asks the request to stop at its next checkpoint. */
  public void cancel() {
    Runnable told;
    synchronized (this) {
      cancelled = true;
      told = onCancel;
    }
    if (told != null) {
      told.run();
    }
  }

  /**
   * Sets an action that a cancel runs, on the thread that cancels; it must not wait. The action
   * runs at once if the request has been cancelled already.
   *
   * @param action null for none
   */
  public void onCancel(Runnable action) {
    boolean now;
    synchronized (this) {
      onCancel = action;
      now = cancelled;
    }
    if (now && action != null) {
      action.run();
    }
  }

  /** Whether it has been asked to stop. */
  public boolean isCancelled() {
    return cancelled;
  }

  /** How long the request may still take, in milliseconds, at least 1; 0 for no limit. */
  public long millisLeft() {
    return deadline == Long.MAX_VALUE ? 0 : Math.max(1, (deadline - System.nanoTime()) / 1_000_000);
  }

  /** Starts the clock of a request; called by the thread that works on it. */
  void begin(long deadlineMillis) {
    boolean none = deadlineMillis <= 0 || deadlineMillis > MAX_MILLIS;
    deadline = none ? Long.MAX_VALUE : System.nanoTime() + deadlineMillis * 1_000_000L;
  }

  /**
   * Called by the working thread.
   *
   * @throws Failure when it should stop
   */
  public void check() throws Failure {
    if (cancelled) {
      throw new Failure(Outcome.CANCELLED, "Cancelled");
    }
    if (deadline != Long.MAX_VALUE && System.nanoTime() - deadline > 0) {
      throw new Failure(
          Outcome.TIMED_OUT, "Took longer than allowed; what was done until then stays done");
    }
  }
}
