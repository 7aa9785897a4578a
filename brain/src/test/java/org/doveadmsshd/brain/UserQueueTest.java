package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.doveadmsshd.base.Rate;
import org.doveadmsshd.brain.placement.Place;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserQueueTest {
  private final Pace pace = new Pace(Rate.UNLIMITED);
  private final Pace own = new Pace(Rate.UNLIMITED);
  private final UserQueue queue = new UserQueue(pace, own, ForkJoinPool.commonPool());

  /** A user without a run; the queue does not look inside. */
  private static Assignment user(long sequence) {
    return new Assignment(
        null,
        sequence,
        "user" + sequence,
        Route.nowhere(Place.at(List.of(), "user" + sequence, ""), ""),
        null);
  }

  @Test
  void whoWaitsForRoomIsNotLetInOnceTheQueueHasStopped() throws Exception {
    CompletableFuture<Boolean> waits = new CompletableFuture<>();
    Thread putter = new Thread(() -> fill(waits));
    putter.start();
    while (putter.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }

    assertThat(queue.stop()).hasSize(256);

    assertThat(waits.get(10, TimeUnit.SECONDS)).isFalse();
    assertThat(queue.poll()).isNull();
  }

  /** Puts users until one is refused. */
  private void fill(CompletableFuture<Boolean> last) {
    try {
      long sequence = 0;
      while (sequence < 256) {
        queue.put(user(sequence++));
      }
      last.complete(queue.put(user(sequence)));
    } catch (InterruptedException e) {
      last.completeExceptionally(e);
    }
  }

  @Test
  void whoComesBackFromALaneIsNotLetInOnceTheQueueHasStopped() {
    queue.stop();
    assertThat(queue.add(user(0))).isFalse();
    assertThat(queue.poll()).isNull();
  }

  @Test
  void whoeverIsSlowedDownTakesOneUserAtATimeAndNotTooSoon() throws Exception {
    long begun = System.nanoTime();
    pace.set(new Rate(20));
    add(8);
    for (int i = 0; i < 3; i++) {
      assertThat(queue.take(100)).hasSize(1);
    }
    assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(100_000_000);
    pace.set(Rate.UNLIMITED);
    assertThat(queue.take(100)).isNotEmpty();
  }

  @Test
  void theSlowerOfTwoPacesCounts() throws Exception {
    long begun = System.nanoTime();
    pace.set(new Rate(1000));
    own.set(new Rate(20));
    add(8);
    for (int i = 0; i < 3; i++) {
      assertThat(queue.take(100)).hasSize(1);
    }
    assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(100_000_000);
  }

  @Test
  void whoAsksTooSoonIsRungForWhenTheNextUserMayBegin() throws Exception {
    long begun = System.nanoTime();
    pace.set(new Rate(20));
    add(2);
    CountDownLatch both = new CountDownLatch(2);
    queue.ring(
        () -> {
          while (queue.poll() != null) {
            both.countDown();
          }
        });
    assertThat(both.getCount()).isEqualTo(1);
    assertThat(both.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(50_000_000);
  }

  @Test
  void lanesTakeTurnsWhenUsersBeginOneAfterAnother() throws Exception {
    pace.set(new Rate(50));
    add(8);
    CountDownLatch all = new CountDownLatch(8);
    List<AtomicInteger> taken = List.of(new AtomicInteger(), new AtomicInteger());
    for (AtomicInteger each : taken) {
      queue.ring(
          () -> {
            while (queue.poll() != null) { // two where this thread is held up in between
              each.incrementAndGet();
              all.countDown();
            }
          });
    }
    assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(taken.get(0).get()).isBetween(1, 7);
  }

  @Test
  void whoDoesNotBeginUsersTakesThemWithoutWaiting() throws Exception {
    pace.set(new Rate(1 / 3600.0));
    add(3);
    for (int i = 0; i < 3; i++) {
      assertThat(queue.takeUnbegun().sequence()).isEqualTo(i);
    }
    queue.close();
    assertThat(queue.takeUnbegun()).isNull();
  }

  private void add(int count) {
    for (int i = 0; i < count; i++) {
      queue.add(user(i));
    }
  }

  private static void awaitThat(Thread thread, Thread.State state) {
    while (thread.getState() != state) {
      Thread.onSpinWait();
    }
  }

  @Test
  void usersAreTakenInTheOrderInWhichTheyCame() throws Exception {
    add(3);
    assertThat(queue.poll().sequence()).isZero();
    assertThat(queue.take().sequence()).isEqualTo(1);
    assertThat(queue.take(1)).extracting(Assignment::sequence).containsExactly(2L);
    assertThat(queue.poll()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 5, 1",
    "8, 5, 1",
    "16, 5, 1",
    "17, 5, 2",
    "40, 5, 4",
    "80, 5, 5",
    "80, 1, 1",
    "256, 100, 28",
  })
  void whileFewWaitALaneTakesFewerThanItAsksFor(int waiting, int asked, int taken)
      throws Exception {
    add(waiting);
    assertThat(queue.take(asked))
        .hasSize(taken)
        .extracting(Assignment::sequence)
        .isSorted()
        .contains(0L);
  }

  @Test
  void whoFindsItEmptyIsWokenByTheNextUser() throws Exception {
    CompletableFuture<Long> taken = new CompletableFuture<>();
    Thread taker = new Thread(() -> take(taken));
    taker.start();
    awaitThat(taker, Thread.State.WAITING);
    add(1);
    assertThat(taken.get(10, TimeUnit.SECONDS)).isZero();
  }

  @Test
  void whoWaitsForAUserIsSentAwayWhenNoneWillCome() throws Exception {
    CompletableFuture<Long> taken = new CompletableFuture<>();
    Thread taker = new Thread(() -> take(taken));
    taker.start();
    awaitThat(taker, Thread.State.WAITING);
    queue.close();
    assertThat(taken.get(10, TimeUnit.SECONDS)).isEqualTo(-1);
    assertThat(queue.take(5)).isEmpty();
  }

  /** Says where the next user stands, or -1 for none. */
  private void take(CompletableFuture<Long> taken) {
    try {
      Assignment next = queue.take();
      taken.complete(next == null ? -1 : next.sequence());
    } catch (InterruptedException e) {
      taken.completeExceptionally(e);
    }
  }

  @Test
  void whoWaitsForRoomIsLetInWhenItIsHalfEmpty() throws Exception {
    CompletableFuture<Boolean> waits = new CompletableFuture<>();
    Thread putter = new Thread(() -> fill(waits));
    putter.start();
    awaitThat(putter, Thread.State.WAITING);
    for (int left = 255; left > 128; left--) {
      queue.poll();
    }
    awaitThat(putter, Thread.State.WAITING);
    assertThat(waits).isNotDone();
    queue.poll();
    assertThat(waits.get(10, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < 128; i++) {
      queue.poll();
    }
    assertThat(queue.poll().sequence()).isEqualTo(256);
    assertThat(queue.poll()).isNull();
  }

  @Test
  void theBellRingsForEachUserAndAtTheEnd() {
    AtomicInteger rung = new AtomicInteger();
    queue.ring(rung::incrementAndGet);
    assertThat(rung).as("there may be users already").hasValue(1);
    add(2);
    assertThat(rung).hasValue(3);
    AtomicInteger second = new AtomicInteger();
    queue.ring(second::incrementAndGet);
    queue.close();
    assertThat(rung).hasValue(4);
    assertThat(second).hasValue(2);
  }

  @Test
  void itIsFinishedWhenItIsClosedAndEmpty() {
    assertThat(queue.isFinished()).isFalse();
    add(1);
    queue.close();
    assertThat(queue.isFinished()).isFalse();
    queue.poll();
    assertThat(queue.isFinished()).isTrue();
  }

  @Test
  void aUserMayComeBackFromALaneThoughTheQueueIsFull() {
    add(256);
    assertThat(queue.add(user(256))).isTrue();
  }

  @Test
  void inAnOrderedRunWhoeverComesBackGoesBeforeThoseWhoComeLater() {
    UserQueue ordered = new UserQueue(pace, own, ForkJoinPool.commonPool(), true);
    for (long sequence : new long[] {3, 4, 1, 2}) {
      ordered.add(user(sequence));
    }
    for (long sequence = 1; sequence <= 4; sequence++) {
      assertThat(ordered.poll().sequence()).isEqualTo(sequence);
    }
  }
}
