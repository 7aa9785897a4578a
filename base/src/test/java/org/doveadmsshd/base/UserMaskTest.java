package org.doveadmsshd.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserMaskTest {
  @ParameterizedTest
  @CsvSource({
    "jane, jane, true",
    "jane, janet, false",
    "janet, jane, false",
    "JANE, jane, true",
    "jane, JANE, true",
    "*, jane, true",
    "*, '', true",
    "'', '', true",
    "'', a, false",
    "?, a, true",
    "?, '', false",
    "?, ab, false",
    "j*e, jane, true",
    "j*e, je, true",
    "j*e, janet, false",
    "*@example.org, jane@example.org, true",
    "*@example.org, jane@example.org.evil, false",
    "*@example.org, jane@xexample.org, false",
    "**, a, true",
    "a**b, acb, true",
    "*a*b*, xxaxxbxx, true",
    "*a*b*, xxbxxaxx, false",
    "*ab, aab, true",
    "*aab, aaab, true",
    "?*?, ab, true",
    "?*?, a, false",
    "a.c, abc, false",
    "[a], a, false",
  })
  void starsAreAnyCharactersAndQuestionMarksOne(String mask, String name, boolean matches) {
    assertThat(new UserMask(mask).matches(name)).isEqualTo(matches);
  }

  @Test
  void anyMaskMatchesWhatTheSameRegularExpressionDoes() {
    Random random = new Random(3);
    for (int i = 0; i < 50_000; i++) {
      String mask = word(random, "ab*?");
      String name = word(random, "ab");
      Pattern pattern = Pattern.compile(mask.replace("*", ".*").replace('?', '.'));
      assertThat(new UserMask(mask).matches(name))
          .as("%s %s", mask, name)
          .isEqualTo(pattern.matcher(name).matches());
    }
  }

  private static String word(Random random, String letters) {
    StringBuilder word = new StringBuilder();
    for (int n = random.nextInt(8); n > 0; n--) {
      word.append(letters.charAt(random.nextInt(letters.length())));
    }
    return word.toString();
  }

  /** Tried without memory of what was tried, this would take longer than the universe has. */
  @Test
  @Timeout(30)
  void noMaskTakesLongerThanMaskTimesName() {
    assertThat(new UserMask("*a".repeat(100) + "b").matches("a".repeat(3000))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"jane, false", "ja*ne, true", "jan?, true", "'', false"})
  void aMaskWithoutWildcardIsAName(String mask, boolean hasWildcard) {
    assertThat(new UserMask(mask).hasWildcard()).isEqualTo(hasWildcard);
    assertThat(UserMask.hasWildcard(mask)).isEqualTo(hasWildcard);
  }

  @Test
  void casesOfTurkishAreNotThoseOfMasks() {
    java.util.Locale before = java.util.Locale.getDefault();
    java.util.Locale.setDefault(new java.util.Locale("tr"));
    try {
      assertThat(new UserMask("INFO").matches("info")).isTrue();
    } finally {
      java.util.Locale.setDefault(before);
    }
  }
}
