package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class UserQueueTest {
  private final UserQueue queue = new UserQueue();

  /** A user without a run; the queue does not look inside. */
  private static Assignment user(long sequence) {
    return new Assignment(null, sequence, "user" + sequence, List.of(), null);
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
}
