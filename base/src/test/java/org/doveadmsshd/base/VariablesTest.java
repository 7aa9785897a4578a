package org.doveadmsshd.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VariablesTest {
  private static final Variables VARIABLES = Variables.of("Jane.D@Example.org", "192.0.2.1");

  @ParameterizedTest
  @CsvSource({
    "%u, Jane.D@Example.org",
    "%{user}, Jane.D@Example.org",
    "%n, Jane.D",
    "%d, Example.org",
    "%Ld, example.org",
    "%Un, JANE.D",
    "%L{domain}, example.org",
    "/srv/%d/%n/x, /srv/Example.org/Jane.D/x",
    "100%%, 100%",
    "%r %s, 192.0.2.1 doveadm",
    "plain, plain",
  })
  void standForWhatTheyStandForInDovecot(String template, String expanded) {
    assertThat(VARIABLES.expand(template)).isEqualTo(expanded);
    assertThat(Variables.mistake(template)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"%q", "%", "a%", "%L", "%{user", "%{nosuch}", "%w", "%{password}"})
  void othersAreMistakes(String template) {
    assertThat(Variables.mistake(template)).isPresent();
    assertThatThrownBy(() -> VARIABLES.expand(template))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aNameWithoutDomainHasAnEmptyOne() {
    assertThat(Variables.of("jane", "").expand("[%n][%d]")).isEqualTo("[jane][]");
  }
}
