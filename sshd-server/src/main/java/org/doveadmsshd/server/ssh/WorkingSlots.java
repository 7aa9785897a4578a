package org.doveadmsshd.server.ssh;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * How many runs work at a time. A run that waits for its own client gives its place to others until
 * it goes on, so clients that do not read, or do not send, keep no other run from working.
 */
final class WorkingSlots {
  private static final long CHECK_MILLIS = 100;

  private final Semaphore free;
  private final AtomicInteger waiting = new AtomicInteger();

  WorkingSlots(int slots) {
    free = new Semaphore(slots);
  }

  /**
   * Waits for a place.
   *
   * @param cancelled asked every now and then
   * @return null when it has been cancelled
   */
  Slot take(BooleanSupplier cancelled) throws InterruptedException {
    waiting.incrementAndGet();
    try {
      while (!free.tryAcquire(CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
        if (cancelled.getAsBoolean()) {
          return null;
        }
      }
    } finally {
      waiting.decrementAndGet();
    }
    return new Slot(cancelled);
  }

  /** How many runs wait to begin. */
  int waiting() {
    return waiting.get();
  }

  /** Whether a run has its place. */
  private enum State {
    HELD,
    /** Others may have it: the run waits for its client, or for a place. */
    GIVEN,
    /** The run has ended. */
    CLOSED
  }

  /** The place of a run. */
  final class Slot implements ChannelOutput.WaitListener, AutoCloseable {
    private final BooleanSupplier cancelled;

    // guarded by this
    private int waiting;
    private State state = State.HELD;

    private Slot(BooleanSupplier cancelled) {
      this.cancelled = cancelled;
    }

    /** A thread of the run waits for the client. */
    @Override
    public synchronized void begins() {
      waiting++;
      leave(State.GIVEN);
    }

    /** It goes on; waits for a place, unless the run is to end, which needs none. */
    @Override
    public synchronized void ends() {
      waiting--;
      boolean interrupted = false;
      while (waiting == 0 && state == State.GIVEN && !cancelled.getAsBoolean()) {
        try {
          boolean got = free.tryAcquire(CHECK_MILLIS, TimeUnit.MILLISECONDS);
          state = got ? State.HELD : state;
        } catch (InterruptedException e) {
          interrupted = true;
          break;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public synchronized void close() {
      leave(State.CLOSED);
    }

    /** Called with the lock held. */
    private void leave(State next) {
      if (state == State.HELD) {
        free.release();
      }
      state = state == State.CLOSED ? state : next;
    }
  }
}
