package org.doveadmsshd.server.ssh;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Waits for what comes about on another thread, and of which nobody tells. */
public final class Await {
  private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long TICK_MILLIS = 5;

  private Await() {}

  /**
   * @param what for people, should it never come
   */
  public static void until(String what, Callable<Boolean> comes) throws Exception {
    long end = System.nanoTime() + LONG_NANOS;
    while (!comes.call()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("waited in vain until " + what);
      }
      Thread.sleep(TICK_MILLIS);
    }
  }
}
