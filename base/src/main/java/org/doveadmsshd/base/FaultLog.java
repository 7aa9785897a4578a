package org.doveadmsshd.base;

/**
 * Logs exceptions that would otherwise be lost. A timer stops a repeated task that throws, and
 * hides the exception; a task that is guarded here is logged and runs again in its next period.
 * Safe for several threads.
 */
@FunctionalInterface
public interface FaultLog {
  /**
   * Logs a fault.
   *
   * @param doing what was under way
   */
  void fault(String doing, Throwable thrown);

  /**
   * Wraps work so that it throws nothing: exceptions and errors are logged here.
   *
   * @param doing what it does, for the log
   */
  default Runnable guard(String doing, Runnable work) {
    return () -> {
      try {
        work.run();
      } catch (Throwable e) { // the top of a task
        tell(doing, e);
      }
    };
  }

  private void tell(String doing, Throwable thrown) {
    try {
      fault(doing, thrown);
    } catch (Throwable e) { // without memory even a log may fail; the next period counts more
      thrown.addSuppressed(e);
    }
  }
}
