package org.doveadmsshd.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EarlyDropTest {
  private static long percent(EarlyDrop drop, int present) {
    Random random = new Random(1);
    return IntStream.range(0, 10_000).filter(i -> drop.drops(present, random)).count() / 100;
  }

  @Test
  void theMoreThereAreTheLikelierNewcomersAreRefused() {
    EarlyDrop drop = EarlyDrop.parse("10:30:100");
    assertThat(percent(drop, 0)).isZero();
    assertThat(percent(drop, 9)).isZero();
    assertThat(percent(drop, 10)).isBetween(28L, 32L);
    assertThat(percent(drop, 55)).isBetween(63L, 67L);
    assertThat(percent(drop, 99)).isBetween(97L, 99L);
    assertThat(percent(drop, 100)).isEqualTo(100);
    assertThat(percent(drop, 1000)).isEqualTo(100);
  }

  @Test
  void oneNumberIsAHardLimit() {
    EarlyDrop drop = EarlyDrop.parse("8");
    assertThat(percent(drop, 7)).isZero();
    assertThat(percent(drop, 8)).isEqualTo(100);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "10:30", "10:101:100", "10:-1:100", "10:30:9", "-1", "1:2:3:4"})
  void whatMakesNoSenseIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EarlyDrop.parse(text))
        .withMessageContaining("such as 10:30:100");
  }
}
