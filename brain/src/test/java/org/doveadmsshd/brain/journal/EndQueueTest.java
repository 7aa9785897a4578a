package org.doveadmsshd.brain.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.Test;

/**
 * Ends of users are taken in the order in which they were added, many at once, and none is lost.
 */
class EndQueueTest {
  private static final long FOR_EVER = -1;

  private final EndQueue queue = new EndQueue();

  @Test
  void allAreTakenInTheirOrderWhoeverIsQuicker() throws InterruptedException {
    int users = 50_000;
    CompletableFuture<Void> adding =
        CompletableFuture.runAsync(
            () -> {
              IntStream.range(0, users).forEach(i -> queue.put(end(i)));
              queue.close();
            });

    List<Long> taken = new ArrayList<>();
    int batches = 0;
    while (!queue.isFinished()) {
      queue.take(FOR_EVER).forEach(end -> taken.add(end.sequence()));
      batches++;
    }

    adding.join();
    assertThat(taken)
        .containsExactlyElementsOf(IntStream.range(0, users).mapToObj(Long::valueOf).toList());
    assertThat(batches).isLessThan(users / 10);
  }

  @Test
  void theEndIsNotWaitedForWhenItIsClosed() throws InterruptedException {
    queue.put(end(0));
    queue.close();

    assertThat(queue.isFinished()).isFalse();
    assertThat(queue.take(FOR_EVER)).hasSize(1);
    assertThat(queue.isFinished()).isTrue();
    assertThat(queue.take(FOR_EVER)).isEmpty();
  }

  @Test
  void nobodyIsTakenWhenTheTimeIsOver() throws InterruptedException {
    assertThat(queue.take(1)).isEmpty();
  }

  private static UserEnd end(int sequence) {
    return UserEnd.unasked(sequence, "user", "server", Outcome.OK, "");
  }
}
