package org.doveadmsshd.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {
  @ParameterizedTest
  @CsvSource({
    "30s, 30000", "30 secs, 30000", "90 mins, 5400000", "5m, 300000", "1 minute, 60000",
    "250ms, 250", "250 msecs, 250", "1h, 3600000", "30d, 2592000000", "2weeks, 1209600000",
    "1W, 604800000", "0s, 0"
  })
  void aNumberAndAUnitAreASpan(String text, long millis) {
    assertThat(Times.span(text)).contains(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s", "30", "-1s", "1x", "1.5h", "999999999999999999s", "30s s"})
  void anythingElseIsNone(String text) {
    assertThat(Times.span(text)).isEmpty();
  }

  @Test
  void aNumberAloneIsSecondsWhereThatIsUsual() {
    assertThat(Times.spanOrSeconds("90")).contains(Duration.ofSeconds(90));
    assertThat(Times.spanOrSeconds("90 mins")).contains(Duration.ofMinutes(90));
  }
}
