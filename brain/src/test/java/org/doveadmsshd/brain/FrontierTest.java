package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FrontierTest {
  private final Frontier frontier = new Frontier();

  @Test
  void theFirstThatHasNotEndedIsWaitedFor() {
    assertThat(frontier.next()).isZero();
    assertThat(frontier.end(1)).isFalse();
    assertThat(frontier.next()).isZero();
    assertThat(frontier.end(0)).isTrue();
    assertThat(frontier.next()).isEqualTo(2);
  }

  @Test
  void whatIsPassedIsNotWaitedForAndMayStillEnd() {
    frontier.end(5);
    frontier.pass(4);
    assertThat(frontier.next()).isEqualTo(6);
    assertThat(frontier.end(3)).isFalse();
    frontier.pass(2);
    assertThat(frontier.next()).isEqualTo(6);
  }

  @Test
  void anyOrderComesToTheSame() {
    Random random = new Random(7);
    List<Long> left = new ArrayList<>(LongStream.range(0, 30_000).boxed().toList());
    Collections.shuffle(left.subList(0, 9000), random);
    Collections.shuffle(left.subList(9000, 30_000), random);
    TreeSet<Long> open = new TreeSet<>(left);
    for (long each : left) {
      long before = frontier.next();
      open.remove(each);
      boolean moved = frontier.end(each);
      assertThat(frontier.next()).isEqualTo(open.isEmpty() ? 30_000 : open.first());
      assertThat(moved).isEqualTo(frontier.next() > before);
    }
  }
}
