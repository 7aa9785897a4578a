package org.doveadmsshd.console.result;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.doveadmsshd.base.MemoryBudget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PagedLinesTest {
  private static final String LINE = "x".repeat(1000);

  private final MemoryBudget budget = new MemoryBudget(64 * 1024 * 1024);
  private final CountDownLatch waits = new CountDownLatch(1);
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger over = new AtomicInteger();
  private final PagedLines.WaitListener listener =
      new PagedLines.WaitListener() {
        @Override
        public void begins() {
          begun.incrementAndGet();
          waits.countDown();
        }

        @Override
        public void ends() {
          over.incrementAndGet();
        }

        @Override
        public boolean isOver() {
          return false;
        }
      };

  private Thread adding(PagedLines lines, int many) {
    Thread thread =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < many; i++) {
                  lines.add(i + LINE, listener);
                }
                lines.finish();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    thread.start();
    return thread;
  }

  @Test
  void whoAddsWaitsForWhoReadsAndSaysSo() throws Exception {
    try (PagedLines lines = new PagedLines(budget.all().share(PagedLines.MOST))) {
      Thread adder = adding(lines, 1000);
      waits.await();
      long ahead = lines.end();
      assertThat(ahead * 2 * LINE.length()).isBetween(PagedLines.AHEAD * 9L / 10, 300_000L);
      assertThat(lines.isFull()).isTrue();
      lines.look(ahead - 10, ahead + 10);
      while (lines.end() < ahead + 100) {
        Thread.onSpinWait();
      }
      assertThat(lines.isEnded()).isFalse();
      lines.look(0, Long.MAX_VALUE);
      adder.join();
      assertThat(lines.isEnded()).isTrue();
      assertThat(lines.end()).isEqualTo(1000);
      assertThat(lines.line(999)).isEqualTo("999" + LINE);
      assertThat(begun.get()).isPositive().isEqualTo(over.get());
    }
    assertThat(budget.all().held()).isZero();
  }

  /** On the way to the end nobody waits; when somebody gives that up, the next one does again. */
  @Test
  void whoNoLongerGoesToTheEndIsWaitedForAgain() throws Exception {
    try (PagedLines lines = new PagedLines(budget.all().share(PagedLines.MOST))) {
      lines.look(Long.MAX_VALUE, Long.MAX_VALUE);
      for (int i = 0; i < 1000; i++) {
        lines.add(i + LINE, listener);
      }
      assertThat(begun).hasValue(0);
      lines.look(0, 10);
      assertThat(lines.isFull()).isTrue();
      lines.look(0, 999);
      assertThat(lines.isFull()).isFalse();
    }
  }

  @Test
  void theOldestLinesGoWhenThereIsNoMoreRoom() throws Exception {
    MemoryBudget small = new MemoryBudget(1024 * 1024);
    try (PagedLines lines = new PagedLines(small.all())) {
      lines.look(Long.MAX_VALUE, Long.MAX_VALUE);
      for (int i = 0; i < 5000; i++) {
        lines.add(i + LINE, listener);
      }
      assertThat(lines.end()).isEqualTo(5000);
      assertThat(lines.first()).isGreaterThan(4000);
      assertThat(lines.line(lines.first())).isEqualTo(lines.first() + LINE);
      assertThat(lines.line(0)).isEmpty();
      assertThat(small.all().held()).isLessThanOrEqualTo(1024 * 1024);
    }
  }

  @Test
  void whatSomebodyLooksAtStaysThoughThereIsNoRoom() throws Exception {
    MemoryBudget none = new MemoryBudget(0);
    try (PagedLines lines = new PagedLines(none.all())) {
      Thread adder = adding(lines, 500);
      waits.await();
      assertThat(lines.first()).isZero();
      assertThat(lines.line(0)).isEqualTo("0" + LINE);
      lines.close();
      adder.join();
    }
  }

  @Test
  void whoAddsGoesOnWhenNobodyReadsAnyMore() throws Exception {
    PagedLines lines = new PagedLines(budget.all().share(PagedLines.MOST));
    Thread adder = adding(lines, 100_000);
    waits.await();
    lines.close();
    adder.join();
    assertThat(lines.end()).isZero();
    assertThat(budget.all().held()).isZero();
  }

  @Test
  void aThreadThatIsInterruptedWaitsNoLonger() throws Exception {
    try (PagedLines lines = new PagedLines(budget.all().share(PagedLines.MOST))) {
      Thread adder = adding(lines, 1000);
      waits.await();
      adder.interrupt();
      adder.join();
      assertThat(over).hasValue(1);
      assertThat(lines.isEnded()).isFalse();
    }
  }
}
