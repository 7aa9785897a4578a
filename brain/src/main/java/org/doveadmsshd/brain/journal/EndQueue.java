package org.doveadmsshd.brain.journal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * How users ended, on the way to the thread that writes it down. That thread is woken for many at
 * once: to wake it for each user costs more than to write of him. Safe for several threads.
 */
final class EndQueue {
  /** Most that wait; then lanes wait, too. */
  private static final int MOST = 1024;

  /** As many are taken without waiting for more. */
  private static final int BATCH = 256;

  /** How long a batch is waited for. */
  private static final long GATHER_NANOS = 50_000_000;

  private final ArrayDeque<UserEnd> waiting = new ArrayDeque<>();
  private boolean closed;

  /** Adds one; waits while many wait. An interrupt is kept for later. */
  synchronized void put(UserEnd end) {
    boolean interrupted = false;
    while (waiting.size() >= MOST) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true; // the thread that writes never waits for ever
      }
    }
    waiting.add(end);
    if (waiting.size() == 1 || waiting.size() == BATCH) {
      notifyAll();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** No more will be added. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }

  /** Whether it is closed and empty. */
  synchronized boolean isFinished() {
    return closed && waiting.isEmpty();
  }

  /**
   * Takes those that wait, a batch at most.
   *
   * @param nanos how long one is waited for; negative for as long as it takes
   * @return none when that time is over, or the queue is finished
   */
  synchronized List<UserEnd> take(long nanos) throws InterruptedException {
    long begun = System.nanoTime();
    while (waiting.isEmpty() && !closed) {
      long left = nanos - (System.nanoTime() - begun);
      if (nanos >= 0 && left <= 0) {
        return List.of();
      }
      await(nanos < 0 ? 0 : left);
    }
    begun = System.nanoTime();
    for (long left = GATHER_NANOS; left > 0 && waiting.size() < BATCH && !closed; ) {
      await(left);
      left = GATHER_NANOS - (System.nanoTime() - begun);
    }
    List<UserEnd> batch = new ArrayList<>(Math.min(BATCH, waiting.size()));
    while (batch.size() < BATCH && !waiting.isEmpty()) {
      batch.add(waiting.poll());
    }
    notifyAll(); // lanes that wait for room
    return batch;
  }

  /** Waits to be notified; 0 for as long as it takes. */
  private void await(long nanos) throws InterruptedException {
    wait(nanos / 1_000_000 + (nanos % 1_000_000 == 0 ? 0 : 1));
  }
}
