package org.doveadmsshd.shell;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.doveadmsshd.base.Outcome;

/** Ctrl-C, and any other signal that ends a program. */
final class StopSignal {
  private static final long PATIENCE_SECONDS = 4;

  private StopSignal() {}

  /**
   * What is done at such a signal; then the program ends.
   *
   * @param stop stops what goes on; says whether something does, so that its end is waited for
   * @param exitCode completed when it has ended, and has said what was done
   */
  static void calls(BooleanSupplier stop, Future<Integer> exitCode) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(stop, exitCode)));
  }

  private static void end(BooleanSupplier stop, Future<Integer> exitCode) {
    try {
      boolean waits = stop.getAsBoolean() || exitCode.isDone();
      Runtime.getRuntime()
          .halt(
              waits
                  ? exitCode.get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                  : Outcome.CANCELLED.exitCode());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException | ExecutionException e) {
      // what goes on does not end; the program does
    }
  }
}
