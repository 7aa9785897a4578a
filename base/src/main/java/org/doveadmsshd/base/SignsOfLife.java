package org.doveadmsshd.base;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Watches a peer while it is waited for: one that says nothing is asked for a sign of life, and one
 * that does not answer is given up. However long its work takes, a peer that lives answers; one
 * that is frozen, as by SIGSTOP or a debugger, or cut off does not. Safe for several threads.
 *
 * <p>What counts is how often the timer has looked in vain, and not the clock: if this process has
 * been frozen itself, the peer gets its time all the same.
 */
public final class SignsOfLife {
  /** Looks until one that says nothing is given up; it is asked at the second. */
  private static final int LOOKS = 5;

  private final Runnable ask;
  private final Runnable giveUp;

  /** Another one with every wait that begins; null while the peer is not waited for. */
  private volatile Object wait;

  // of the timer
  private Object seen;
  private int looks;

  /**
   * Both run on the timer, and must not block.
   *
   * @param ask asks the peer
   * @param giveUp ends the wait for it
   */
  public SignsOfLife(Runnable ask, Runnable giveUp) {
    this.ask = ask;
    this.giveUp = giveUp;
  }

  /**
   * Watches the peer until the returned future is cancelled.
   *
   * @param silence about how long it may say nothing, with a quarter more
   */
  public Future<?> watch(ScheduledExecutorService timer, Duration silence) {
    long millis = Math.max(1, silence.toMillis() / (LOOKS - 1));
    return timer.scheduleWithFixedDelay(this::look, millis, millis, TimeUnit.MILLISECONDS);
  }

  /** The caller waits for the peer from now on; also when it has just said something. */
  public void awaited() {
    wait = new Object();
  }

  /** The caller does something else. */
  public void notAwaited() {
    wait = null;
  }

  private void look() {
    Object now = wait;
    looks = now != null && now == seen ? looks + 1 : 1;
    seen = now;
    if (now != null && looks == 2) {
      ask.run();
    } else if (now != null && looks == LOOKS) {
      giveUp.run();
    }
  }
}
