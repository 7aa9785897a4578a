package org.doveadmsshd.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateTest {
  @ParameterizedTest
  @CsvSource({
    "50, 20000000, 50/s",
    "50/s, 20000000, 50/s",
    "0.5/s, 2000000000, 30/min",
    "30/min, 2000000000, 30/min",
    "30 / minute, 2000000000, 30/min",
    "120/M, 500000000, 2/s",
    "12/h, 300000000000, 12/h",
    "1/day, 86400000000000, 0.0417/h",
    "1500.5, 666444, 1500/s",
    "1000000, 1000, 1000000/s",
  })
  void aRateIsANumberAndASpan(String text, long nanos, String again) {
    Rate rate = Rate.of(text).orElseThrow();
    assertThat(rate.nanosBetween()).isEqualTo(nanos);
    assertThat(rate.text()).isEqualTo(again);
    assertThat(rate.isLimited()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "0.0",
        "-1",
        "x",
        "1/x",
        "/s",
        "1/",
        ".5",
        "1.",
        "1e3",
        "NaN",
        "Infinity",
        "1000001",
        "99999999",
        "0.5/day",
        "1,5",
        "1/s/s",
        "1\n2"
      })
  void anythingElseIsNone(String text) {
    assertThat(Rate.of(text)).isEmpty();
  }

  @Test
  void withoutALimitNothingLiesBetween() {
    assertThat(Rate.UNLIMITED.isLimited()).isFalse();
    assertThat(Rate.UNLIMITED.nanosBetween()).isZero();
    assertThat(Rate.UNLIMITED.text()).isEqualTo("no limit");
  }
}
