package org.doveadmsshd.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WildcardsTest {
  @ParameterizedTest
  @CsvSource({
    "'', '', true",
    "'', a, false",
    "a, '', false",
    "a, a, true",
    "a, A, false",
    "ab, a, false",
    "a, ab, false",
    "*, '', true",
    "*, anything, true",
    "**, a, true",
    "a*, a, true",
    "a*, abc, true",
    "a*, ba, false",
    "*c, abc, true",
    "*c, abcd, false",
    "a*c, ac, true",
    "a*c, abcbc, true",
    "a*b*c, aXbXbXc, true",
    "a*b*c, aXcXb, false",
    "?, a, true",
    "?, '', false",
    "?, ab, false",
    "a?c, abc, true",
    "a?*, a, false",
    "a?*, ab, true",
    "*?b, b, false",
    "*?b, ab, true",
    "*ab, aab, true",
    "*.*, a.b, true",
  })
  void aMaskStandsForWholeTexts(String mask, String text, boolean matches) {
    assertThat(Wildcards.matches(mask, text)).isEqualTo(matches);
  }

  @Test
  void aMaskMadeToHurtIsMatchedAllTheSame() {
    assertThat(Wildcards.matches("*a".repeat(200) + "b", "a".repeat(2000))).isFalse();
  }
}
