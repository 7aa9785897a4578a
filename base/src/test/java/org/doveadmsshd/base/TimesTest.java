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
    "30s, 30000",
    "30 secs, 30000",
    "90 mins, 5400000",
    "5m, 300000",
    "1 minute, 60000",
    "250ms, 250",
    "250 msecs, 250",
    "1h, 3600000",
    "30d, 2592000000",
    "2weeks, 1209600000",
    "1W, 604800000",
    "0s, 0",
    "1 MIN, 60000",
    "7 mi, 420000",
    "5 min, 300000",
    "2 se, 2000",
    "3   hours, 10800000",
    "1 day, 86400000",
    "1 w, 604800000",
    "5 mseconds, 5",
    "5 mse, 5",
    "0000030s, 30000",
    "999999999999s, 999999999999000",
    "15250284452 w, 9223372036569600000"
  })
  void aNumberAndAUnitAreASpan(String text, long millis) {
    assertThat(Times.span(text)).contains(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "s",
        "30",
        "-1s",
        "+1s",
        "1x",
        "1.5h",
        "999999999999999999s",
        "30s s",
        " 30s",
        "30sx",
        "1h30m",
        "30 secsx",
        "30 month",
        "1y",
        "٣٠s",
        "1e3s",
        "0x10s",
        "15250284453 w"
      })
  void anythingElseIsNone(String text) {
    assertThat(Times.span(text)).isEmpty();
  }

  @Test
  void aNumberAloneIsSecondsWhereThatIsUsual() {
    assertThat(Times.spanOrSeconds("90")).contains(Duration.ofSeconds(90));
    assertThat(Times.spanOrSeconds("90 mins")).contains(Duration.ofMinutes(90));
    assertThat(Times.spanOrSeconds("0")).contains(Duration.ZERO);
    assertThat(Times.spanOrSeconds("")).isEmpty();
    assertThat(Times.spanOrSeconds("-1")).isEmpty();
    assertThat(Times.spanOrSeconds("1234567890123")).as("13 digits").isEmpty();
  }
}
