package org.doveadmsshd.storage.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShownTimeTest {
  private static final DateTimeFormatter PATTERN =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

  private static void assertThatItIsAsThePatternSays(LocalDateTime time) {
    assertThat(FieldContents.shown(time)).isEqualTo(PATTERN.format(time));
  }

  @Test
  void everyTimeIsShownAsThePatternSays() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      long seconds = random.nextLong() % (20_000L * 365 * 86_400); // years -18,000 to 22,000
      assertThatItIsAsThePatternSays(LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC));
    }
  }

  @Test
  void soAreTheFirstAndLastOfYearsOfFourDigits() {
    assertThatItIsAsThePatternSays(LocalDateTime.of(0, 1, 1, 0, 0, 0));
    assertThatItIsAsThePatternSays(LocalDateTime.of(-1, 12, 31, 23, 59, 59));
    assertThatItIsAsThePatternSays(LocalDateTime.of(9999, 12, 31, 23, 59, 59));
    assertThatItIsAsThePatternSays(LocalDateTime.of(10_000, 1, 1, 0, 0, 0));
  }
}
