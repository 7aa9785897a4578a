package org.doveadmsshd.auth.system;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.auth.Passdb;
import org.doveadmsshd.base.Failure;

/**
 * Has one password verified at a time, because few modules of PAM are made for threads. Modules
 * belong to the process, so all passdbs of a process share one of these. Safe for several threads.
 */
public final class PamTurns {
  /** A module may hang, as one does that asks a server which is away. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Semaphore turn = new Semaphore(1, true);
  private final Duration patience;

  /** Passwords wait twenty seconds for their turn. */
  public PamTurns() {
    this(PATIENCE);
  }

  /**
   * @param patience how long a password waits for the one before it
   */
  PamTurns(Duration patience) {
    this.patience = patience;
  }

  /** Verifies a password. */
  @FunctionalInterface
  interface Verification {
    Passdb.Answer run() throws Failure;
  }

  /**
   * Verifies a password when it is its turn.
   *
   * @param service for messages
   * @throws Failure of the verification, or when its turn has not come in time; it has not begun
   *     then
   */
  Passdb.Answer take(String service, Verification verification)
      throws Failure, InterruptedException {
    if (!turn.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      throw Failure.temporary(
          "PAM is still busy with another password (service " + service + "); try again later",
          null);
    }
    try {
      return verification.run();
    } finally {
      turn.release();
    }
  }
}
