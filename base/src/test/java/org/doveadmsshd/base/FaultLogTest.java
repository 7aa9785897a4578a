package org.doveadmsshd.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultLogTest {
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  @AfterEach
  void end() {
    timer.shutdownNow();
  }

  private void everyMoment(Runnable work) {
    timer.scheduleWithFixedDelay(work, 0, 1, TimeUnit.MILLISECONDS);
  }

  @Test
  void whatATaskThrowsIsToldWithWhatItDoesAndTheNextPeriodComes() throws Exception {
    List<String> told = new CopyOnWriteArrayList<>();
    CountDownLatch periods = new CountDownLatch(3);
    FaultLog log = (doing, thrown) -> told.add(doing + ": " + thrown.getMessage());
    everyMoment(
        log.guard(
            "Fetching",
            () -> {
              periods.countDown();
              throw new OutOfMemoryError("no heap");
            }));
    assertThat(periods.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(told).isNotEmpty().containsOnly("Fetching: no heap");
  }

  @Test
  void theNextPeriodComesAlsoWhenNothingCanBeLogged() throws Exception {
    CountDownLatch periods = new CountDownLatch(3);
    FaultLog log =
        (doing, thrown) -> {
          throw new OutOfMemoryError("nor for a line");
        };
    everyMoment(
        log.guard(
            "Fetching",
            () -> {
              periods.countDown();
              throw new IllegalStateException("a fault");
            }));
    assertThat(periods.await(30, TimeUnit.SECONDS)).isTrue();
  }
}
