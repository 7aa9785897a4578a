package org.doveadmsshd.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MemoryTurnsTest {
  private static final long FREE = MemoryTurns.FREE;
  private static final int MB = 1 << 20;
  private static final long FOR_EVER = Long.MAX_VALUE;

  private final MemoryBudget budget = new MemoryBudget(16 * MB);
  private final MemoryTurns turns = new MemoryTurns(budget.all(), "; buy more");
  private final List<Thread> threads = new ArrayList<>();

  /** The requests that have got their memory. */
  private final BlockingQueue<Object> served = new LinkedBlockingQueue<>();

  @AfterEach
  void stop() throws InterruptedException {
    for (Thread thread : threads) {
      thread.interrupt();
      thread.join();
    }
  }

  /** Waits in a thread of its own, and is known to wait when this returns. */
  private MemoryTurns.Holder waiting(String name, long bytes) throws InterruptedException {
    MemoryTurns.Holder holder = turns.holder();
    BlockingQueue<String> checks = new LinkedBlockingQueue<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                holder.take(FREE + bytes, FOR_EVER, () -> checks.add(name));
                served.add(name);
              } catch (Failure e) {
                served.add(e.outcome());
              }
            });
    threads.add(thread);
    thread.start();
    checks.take();
    return holder;
  }

  private MemoryTurns.Holder holding(long bytes) throws Failure {
    MemoryTurns.Holder holder = turns.holder();
    assertThat(holder.take(FREE + bytes, 0, () -> {})).isTrue();
    return holder;
  }

  @Test
  void littleIsHadWithoutAsking() throws Exception {
    holding(16 * MB);
    assertThat(holding(0).tryTake(1)).isFalse();
    assertThat(budget.all().held()).isEqualTo(16 * MB);
  }

  @Test
  void whatNeverFitsIsRefusedAtOnce() throws Exception {
    holding(MB);
    assertThat(turns.holder().take(FREE + 16 * MB + 1, FOR_EVER, () -> {})).isFalse();
    assertThat(turns.tooLittle("Mailbox X"))
        .hasMessageContaining("Mailbox X")
        .hasMessageContaining("16 MiB")
        .hasMessageEndingWith("; buy more");
  }

  @Test
  void bigOnesTakeTurnsInTheirOrder() throws Exception {
    MemoryTurns.Holder first = holding(10 * MB);
    MemoryTurns.Holder second = waiting("second", 12 * MB);
    waiting("third", 5 * MB); // which would fit now, but not beside the second
    assertThat(served).isEmpty();
    first.close();
    assertThat(served.take()).isEqualTo("second");
    assertThat(served).isEmpty();
    second.close();
    assertThat(served.take()).isEqualTo("third");
  }

  @Test
  void smallOnesPassAsFarAsTheyLeaveRoomForTheNextBigOne() throws Exception {
    MemoryTurns.Holder first = holding(10 * MB);
    waiting("big", 14 * MB);
    MemoryTurns.Holder one = holding(MB);
    holding(MB);
    waiting("small", MB);
    assertThat(served).isEmpty();
    one.close();
    assertThat(served.take()).isEqualTo("small");
    first.close();
    assertThat(served.take()).isEqualTo("big");
  }

  @Test
  void whoHoldsSomethingGoesFirstButNotForEver() throws Exception {
    MemoryTurns.Holder other = holding(8 * MB);
    MemoryTurns.Holder holder = holding(4 * MB);
    waiting("big", 8 * MB);
    assertThat(holder.take(6 * MB, 1, () -> {})).isFalse();
    assertThat(holder.take(4 * MB, 1, () -> {})).isTrue();
    holder.close();
    other.close();
    assertThat(served.take()).isEqualTo("big");
  }

  @Test
  void whoIsStoppedNoLongerWaits() throws Exception {
    MemoryTurns.Holder first = holding(10 * MB);
    waiting("stopped", 12 * MB);
    threads.get(0).interrupt();
    assertThat(served.take()).isEqualTo(Outcome.CANCELLED);
    waiting("next", 12 * MB);
    first.close();
    assertThat(served.take()).isEqualTo("next");
    assertThatThrownBy(
            () ->
                turns
                    .holder()
                    .take(
                        FREE + 12 * MB,
                        FOR_EVER,
                        () -> {
                          throw new Failure(Outcome.TIMED_OUT, "late");
                        }))
        .hasMessage("late");
  }

  @Test
  void manyAtOnceAllGetTheirTurnAndNeverTooMuchIsHeld() throws Exception {
    List<Throwable> failures = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      Random random = new Random(i);
      Thread thread =
          new Thread(
              () -> {
                for (int n = 0; n < 200; n++) {
                  try (MemoryTurns.Holder holder = turns.holder()) {
                    holder.take(random.nextInt(n % 4 == 0 ? 15 * MB : MB), FOR_EVER, () -> {});
                    assertThat(budget.all().held()).isLessThanOrEqualTo(16 * MB);
                    holder.tryTake(random.nextInt(MB));
                  } catch (Throwable e) {
                    synchronized (failures) {
                      failures.add(e);
                    }
                  }
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(50));
    }
    assertThat(failures).isEmpty();
    assertThat(budget.all().held()).isZero();
  }
}
