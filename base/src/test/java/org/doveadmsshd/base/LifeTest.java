package org.doveadmsshd.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class LifeTest {
  private enum Phase {
    YOUNG,
    OLD,
    OVER
  }

  private final Life<Phase> life = new Life<>(Phase.YOUNG);

  @Test
  void goesOnFromPhaseToPhaseAndMaySkipSome() {
    assertThat(life.phase()).isEqualTo(Phase.YOUNG);
    assertThat(life.moveTo(Phase.OVER)).isTrue();
    assertThat(life.phase()).isEqualTo(Phase.OVER);
    assertThat(life).hasToString("OVER");
  }

  @Test
  void neverGoesBack() {
    assertThat(life.moveTo(Phase.OLD)).isTrue();
    assertThat(life.moveTo(Phase.YOUNG)).isFalse();
    assertThat(life.moveTo(Phase.OLD)).isFalse();
    assertThat(life.phase()).isEqualTo(Phase.OLD);
  }

  @Test
  void hasReachedWhatLiesBehindIt() {
    life.moveTo(Phase.OLD);
    assertThat(life.hasReached(Phase.YOUNG)).isTrue();
    assertThat(life.hasReached(Phase.OLD)).isTrue();
    assertThat(life.hasReached(Phase.OVER)).isFalse();
  }

  @Test
  void ofSeveralWhoEndItOneDoes() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    CountDownLatch all = new CountDownLatch(4);
    List<Future<Boolean>> ends = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      ends.add(
          threads.submit(
              () -> {
                all.countDown();
                all.await();
                return life.moveTo(Phase.OVER);
              }));
    }
    int moved = 0;
    for (Future<Boolean> each : ends) {
      moved += each.get() ? 1 : 0;
    }
    threads.shutdown();
    assertThat(moved).isEqualTo(1);
  }
}
