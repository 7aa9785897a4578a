package org.doveadmsshd.base;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Hands out memory for mailboxes, which may be big. A request that does not fit waits for its turn.
 *
 * <p>Big requests take turns in the order in which they came; none passes another. Small requests
 * take turns among themselves, and pass big ones as far as they leave room for the next big one. A
 * request that holds some memory already goes before all others, but waits for a limited time only:
 * two requests that each wait for what the other holds would never end.
 *
 * <p>Safe for several threads.
 */
public final class MemoryTurns {
  /** Bytes that every holder has without asking; lanes are few. */
  static final long FREE = MemoryBudget.PIECE;

  /** A small one has at most this part of the whole. */
  private static final int SMALL_PART = 8;

  private static final long CHECK_MILLIS = 100;

  private final MemoryBudget.Share share;
  private final String advice;

  // guarded by this
  private final ArrayDeque<Waiter> big = new ArrayDeque<>();
  private final ArrayDeque<Waiter> small = new ArrayDeque<>();

  /** Bytes that small requests hold. */
  private long heldBySmall;

  /** A request that waits. */
  private static final class Waiter {
    private final long bytes;

    Waiter(long bytes) {
      this.bytes = bytes;
    }
  }

  /**
   * @param share all that they may have together
   * @param advice how an administrator gives them more, after a semicolon; or empty
   */
  public MemoryTurns(MemoryBudget.Share share, String advice) {
    this.share = share;
    this.advice = advice;
  }

  /** Without a limit, for a program that opens one mailbox at a time. */
  public static MemoryTurns unlimited() {
    return new MemoryTurns(new MemoryBudget(Long.MAX_VALUE / 2).all(), "");
  }

  /** Most bytes that there are for one. */
  public long most() {
    return share.most();
  }

  /** The most that a request should take on an estimate: it leaves some room for small ones. */
  public long mostAtFirst() {
    return most() / SMALL_PART * (SMALL_PART - 1);
  }

  /** The failure for a mailbox that can never fit, or did not fit in time. */
  public Failure tooLittle(String what) {
    return new Failure(
        Outcome.TEMPORARY_FAILURE,
        "%s: its mails take more memory than the %,d MiB that mailboxes may have here together%s"
            .formatted(what, most() >> 20, advice));
  }

  /** The memory of one request, used by one thread. */
  public Holder holder() {
    return new Holder();
  }

  /** What one request holds. */
  public final class Holder implements AutoCloseable {
    /** All bytes that have been taken, including those that need no asking. */
    private long held;

    /** The part of it that was taken as a small request. */
    private long heldAsSmall;

    private Holder() {}

    /** The turns that it takes. */
    public MemoryTurns turns() {
      return MemoryTurns.this;
    }

    private long asked(long all) {
      return Math.max(0, all - FREE);
    }

    /** Takes more, if it is there now; says whether it was. */
    public boolean tryTake(long bytes) {
      long more = asked(held + bytes) - asked(held);
      if (more > 0 && !share.tryTake(more)) {
        return false;
      }
      held += bytes;
      return true;
    }

    /**
     * Takes more; waits until it is there.
     *
     * @param patienceMillis how long at most, for a holder that holds some already
     * @return false when it is more than there is, or was not there in time
     * @throws Failure as the check says, or when interrupted; nothing more is held then
     */
    public boolean take(long bytes, long patienceMillis, MemoryBudget.Checkpoint check)
        throws Failure {
      long more = asked(held + bytes) - asked(held);
      if (more > most()) {
        return false;
      }
      if (more > 0 && !await(more, held > FREE ? patienceMillis : Long.MAX_VALUE, check)) {
        return false;
      }
      held += bytes;
      return true;
    }

    private boolean await(long more, long patienceMillis, MemoryBudget.Checkpoint check)
        throws Failure {
      boolean first = held > FREE;
      Waiter waiter = new Waiter(more);
      ArrayDeque<Waiter> queue = more > most() / SMALL_PART ? big : small;
      long begun = System.nanoTime();
      synchronized (MemoryTurns.this) {
        if (!first) {
          queue.add(waiter);
        }
        try {
          while (!(first || isNext(waiter, queue)) || !share.tryTake(more)) {
            check.check();
            if (TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun) >= patienceMillis) {
              return false;
            }
            MemoryTurns.this.wait(CHECK_MILLIS);
          }
          heldAsSmall += queue == small ? more : 0;
          heldBySmall += queue == small ? more : 0;
          return true;
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new Failure(Outcome.CANCELLED, "Stopped while it waited for memory");
        } finally {
          queue.remove(waiter);
          MemoryTurns.this.notifyAll();
        }
      }
    }

    /** Gives some of it back. */
    public void give(long bytes) {
      long less = asked(held) - asked(held - bytes);
      held -= bytes;
      if (less > 0) {
        share.give(less);
        synchronized (MemoryTurns.this) {
          long asSmall = Math.min(less, heldAsSmall);
          heldAsSmall -= asSmall;
          heldBySmall -= asSmall;
          MemoryTurns.this.notifyAll();
        }
      }
    }

    /** Gives all of it back. */
    @Override
    public void close() {
      give(held);
    }
  }

  /** Called with the lock held. */
  private boolean isNext(Waiter waiter, ArrayDeque<Waiter> queue) {
    if (queue.element() != waiter) {
      return false;
    }
    boolean passes = queue == small && !big.isEmpty();
    return !passes || heldBySmall + waiter.bytes <= most() - big.element().bytes;
  }
}
