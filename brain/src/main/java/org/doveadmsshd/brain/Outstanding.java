package org.doveadmsshd.brain;

import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many users of a run have not come to the end, and whether there will be more. When there are
 * none of either the run is over, once and for all. Safe for several threads.
 */
final class Outstanding {
  /** Those who have not ended, and one more while users may still be added. */
  private final AtomicLong open = new AtomicLong(1);

  private final AtomicLong added = new AtomicLong();
  private final AtomicBoolean complete = new AtomicBoolean();
  private final CountDownLatch over = new CountDownLatch(1);
  private final Runnable atEnd;

  /**
   * @param atEnd runs when the last user has ended, before anybody who waits for that goes on
   */
  Outstanding(Runnable atEnd) {
    this.atEnd = atEnd;
  }

  /**
   * Adds a user.
   *
   * @return where he stands in the list, from 0; nothing when the run is over
   */
  OptionalLong add() {
    boolean goesOn = open.getAndUpdate(users -> users == 0 ? 0 : users + 1) > 0;
    return goesOn ? OptionalLong.of(added.getAndIncrement()) : OptionalLong.empty();
  }

  /** One of them has come to the end. */
  void endOne() {
    if (open.decrementAndGet() == 0) {
      atEnd.run();
      over.countDown();
    }
  }

  /** Nobody waits for more users, though some may still be added as long as the run is not over. */
  void complete() {
    if (complete.compareAndSet(false, true)) {
      endOne();
    }
  }

  /** Whether nobody waits for more users. */
  boolean isComplete() {
    return complete.get();
  }

  /** How many have been added. */
  long added() {
    return added.get();
  }

  /** Whether all have come to the end. */
  boolean isOver() {
    return over.getCount() == 0;
  }

  /** Waits until all have come to the end; false if that takes longer. */
  boolean await(long millis) throws InterruptedException {
    return over.await(millis, TimeUnit.MILLISECONDS);
  }
}
