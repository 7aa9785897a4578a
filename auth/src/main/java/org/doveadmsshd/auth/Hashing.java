package org.doveadmsshd.auth;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.auth.scheme.PasswordHash;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;

/**
 * Compares passwords with hashes. Hashing is slow on purpose, and some hashes take a quarter of a
 * usual heap. So only a few are computed at a time, and their memory is drawn from the budget. A
 * caller waits for a place and memory; if that takes too long, the login fails with "try again
 * later". Safe for several threads.
 */
public final class Hashing {
  private static final int AT_A_TIME = 2;
  private static final long PATIENCE_MILLIS = 20_000;

  /** Memory is kept in small objects, which have some of their own. */
  private static final double OVERHEAD = 1.1;

  private final Semaphore places = new Semaphore(AT_A_TIME, true);
  private final MemoryBudget.Share memory;
  private final long patienceMillis;

  /**
   * @param memory draws what hashes take
   */
  public Hashing(MemoryBudget.Share memory) {
    this(memory, PATIENCE_MILLIS);
  }

  Hashing(MemoryBudget.Share memory, long patienceMillis) {
    this.memory = memory;
    this.patienceMillis = patienceMillis;
  }

  /**
   * Whether a hash is that of a password.
   *
   * @param user whose it is
   * @throws Failure when it cannot be said, also because too many wait
   */
  public boolean verify(PasswordHash hash, String user, String password) throws Failure {
    long cost = hash.cost().memory();
    // unknown schemes are computed by the system, outside of the heap
    long bytes = cost == Long.MAX_VALUE ? 0 : (long) (cost * OVERHEAD);
    if (bytes > memory.most()) {
      throw new Failure(
          Outcome.TEMPORARY_FAILURE,
          "A stored password takes %d MiB to verify, which is more than the heap of the server has"
              .formatted(cost >> 20));
    }
    try {
      return verifyInTurn(hash, user, password, bytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.temporary("Stopped while a password was to be verified", e);
    }
  }

  private boolean verifyInTurn(PasswordHash hash, String user, String password, long bytes)
      throws Failure, InterruptedException {
    if (!places.tryAcquire(patienceMillis, TimeUnit.MILLISECONDS)) {
      throw busy();
    }
    try {
      if (!memory.take(bytes, patienceMillis)) {
        throw busy();
      }
      try {
        return hash.verify(user, password);
      } finally {
        memory.give(bytes);
      }
    } finally {
      places.release();
    }
  }

  private static Failure busy() {
    return new Failure(
        Outcome.TEMPORARY_FAILURE, "Too many passwords are to be verified; try again later");
  }
}
