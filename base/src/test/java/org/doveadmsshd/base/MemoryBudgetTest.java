package org.doveadmsshd.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
  private static final int PIECE = MemoryBudget.PIECE;
  private static final long LONG = 60_000;
  private static final MemoryBudget.Checkpoint NEVER = () -> {};

  private final MemoryBudget budget = new MemoryBudget(10 * PIECE);

  @Test
  void aShareHoldsNoMoreThanItsPart() {
    MemoryBudget.Share share = budget.all().share(2 * PIECE);
    assertThat(share.tryTake(2 * PIECE)).isTrue();
    assertThat(share.tryTake(1)).isFalse();
    share.give(1);
    assertThat(share.tryTake(1)).isTrue();
  }

  @Test
  void allSharesTogetherHoldNoMoreThanTheBudgetButAPieceForEach() {
    MemoryBudget.Share big = budget.all().share(10 * PIECE);
    MemoryBudget.Share late = budget.all().share(10 * PIECE);
    assertThat(big.tryTake(10 * PIECE)).isTrue();
    assertThat(late.tryTake(PIECE + 1)).isFalse();
    assertThat(late.tryTake(PIECE)).isTrue();
    assertThat(late.tryTake(1)).isFalse();
  }

  @Test
  void aShareCountsInTheOneAroundIt() {
    MemoryBudget.Share master = budget.all().share(4 * PIECE);
    MemoryBudget.Share connection = master.share(3 * PIECE);
    MemoryBudget.Share other = master.share(3 * PIECE);
    assertThat(connection.tryTake(3 * PIECE)).isTrue();
    assertThat(other.tryTake(2 * PIECE)).isFalse();
    assertThat(other.free()).isEqualTo(PIECE);
    connection.close();
    assertThat(master.held()).isZero();
    assertThat(other.tryTake(2 * PIECE)).isTrue();
  }

  @Test
  void oneOfManyGetsMuchAloneAndLeavesSomethingHoweverManyThereAre() {
    MemoryBudget large = new MemoryBudget(1000 * PIECE);
    assertThat(fill(large.all().oneOf(4))).isBetween(195L, 200L);
    for (int peer = 0; peer < 10; peer++) {
      fill(large.all().oneOf(4));
    }
    assertThat(large.all().free()).isPositive();
  }

  private static long fill(MemoryBudget.Share share) {
    long pieces = 0;
    while (share.tryTake(PIECE)) {
      pieces++;
    }
    return pieces;
  }

  @Test
  void saysWhoHoldsMostUntilHeIsClosed() {
    MemoryBudget.Share one = budget.all().share(PIECE).named("one");
    MemoryBudget.Share two = budget.all().share(2 * PIECE).named("two");
    budget.all().share(PIECE).named("three");
    one.tryTake(PIECE);
    two.share(2 * PIECE).tryTake(2 * PIECE);
    assertThat(budget.largest(2))
        .containsExactly(
            new MemoryBudget.Holding("two", 2 * PIECE), new MemoryBudget.Holding("one", PIECE));
    two.close();
    assertThat(budget.largest(2)).extracting(MemoryBudget.Holding::name).containsExactly("one");
  }

  @Test
  void whatComesBackAfterTheEndOfAShareCountsOnce() {
    MemoryBudget.Share connection = budget.all().share(3 * PIECE);
    MemoryBudget.Share channel = connection.share(3 * PIECE);
    assertThat(channel.tryTake(2 * PIECE)).isTrue();
    connection.close();
    channel.give(2 * PIECE);
    connection.close();
    assertThat(budget.all().held()).isZero();
  }

  @Test
  void theCallerWaitsUntilOthersGiveBack() throws Exception {
    MemoryBudget.Share share = budget.all().share(2 * PIECE);
    assertThat(share.tryTake(2 * PIECE)).isTrue();
    ExecutorService one = Executors.newSingleThreadExecutor();
    try {
      Future<Boolean> taken = one.submit(() -> share.take(PIECE, LONG, NEVER));
      share.give(PIECE);
      assertThat(taken.get(1, TimeUnit.MINUTES)).isTrue();
      assertThat(share.held()).isEqualTo(2 * PIECE);
    } finally {
      one.shutdownNow();
    }
  }

  @Test
  void patienceEndsAndNothingIsTaken() throws Exception {
    MemoryBudget.Share share = budget.all().share(PIECE);
    assertThat(share.tryTake(PIECE)).isTrue();
    assertThat(share.take(1, 1, NEVER)).isFalse();
    assertThat(share.held()).isEqualTo(PIECE);
  }

  @Test
  void aCheckEndsTheWait() {
    MemoryBudget.Share share = budget.all().share(PIECE);
    assertThat(share.tryTake(PIECE)).isTrue();
    MemoryBudget.Checkpoint stop =
        () -> {
          throw new Failure(Outcome.CANCELLED, "Cancelled");
        };
    assertThatThrownBy(() -> share.take(1, LONG, stop)).hasMessage("Cancelled");
  }

  @Test
  void callbacksComeInTheirOrderAndOnlyAsFarAsThereIsRoom() {
    MemoryBudget.Share share = budget.all().share(3 * PIECE);
    assertThat(share.tryTake(3 * PIECE)).isTrue();
    List<String> told = new ArrayList<>();
    share.whenRoom(PIECE, () -> told.add("first"));
    share.whenRoom(2 * PIECE, () -> told.add("second"));
    share.give(PIECE - 1);
    assertThat(told).isEmpty();
    share.give(1);
    assertThat(told).containsExactly("first");
    share.give(PIECE);
    assertThat(told).containsExactly("first", "second");
    share.whenRoom(1, () -> told.add("at once"));
    assertThat(told).endsWith("at once");
  }

  @Test
  void manyThreadsNeverPassTheLimitAndAllGetTheirTurn() throws Exception {
    MemoryBudget.Share share = budget.all().share(4 * PIECE);
    AtomicLong held = new AtomicLong();
    AtomicLong most = new AtomicLong();
    int threads = 16;
    CountDownLatch done = new CountDownLatch(threads);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (int t = 0; t < threads; t++) {
        Random random = new Random(t);
        pool.execute(
            () -> {
              try {
                for (int i = 0; i < 200; i++) {
                  long bytes = 1 + random.nextInt(4 * PIECE);
                  if (share.take(bytes, LONG, NEVER)) {
                    most.accumulateAndGet(held.addAndGet(bytes), Math::max);
                    held.addAndGet(-bytes);
                    share.give(bytes);
                  }
                }
                done.countDown();
              } catch (Failure | InterruptedException e) {
                throw new AssertionError(e);
              }
            });
      }
      assertThat(done.await(2, TimeUnit.MINUTES)).isTrue();
      assertThat(most.get()).isLessThanOrEqualTo(4 * PIECE);
      assertThat(share.held()).isZero();
    } finally {
      pool.shutdownNow();
    }
  }
}
