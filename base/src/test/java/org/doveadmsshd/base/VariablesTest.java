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
    "'', ''",
    "%%u, %u",
    "%%%u, %Jane.D@Example.org",
    "%Lu-%Uu, jane.d@example.org-JANE.D@EXAMPLE.ORG",
    "%L%, %",
    "%{username}@%{domain}, Jane.D@Example.org",
    "%{rip} %{service}, 192.0.2.1 doveadm",
    "[%c%{secured}%{login_user}], []",
    "%U{user}, JANE.D@EXAMPLE.ORG",
  })
  void standForWhatTheyStandForInDovecot(String template, String expanded) {
    assertThat(VARIABLES.expand(template)).isEqualTo(expanded);
    assertThat(Variables.mistake(template)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%q",
        "%",
        "a%",
        "%L",
        "%U",
        "%{user",
        "%{nosuch}",
        "%w",
        "%{password}",
        "%h",
        "%{home}",
        "%{}",
        "%LLu",
        "%l",
        "%{u}",
        "%a",
        "% u",
        "%😀"
      })
  void othersAreMistakes(String template) {
    assertThat(Variables.mistake(template)).isPresent();
    assertThatThrownBy(() -> VARIABLES.expand(template))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aNameWithoutDomainHasAnEmptyOne() {
    assertThat(Variables.of("jane", "").expand("[%n][%d]")).isEqualTo("[jane][]");
    assertThat(Variables.of("a@b@c", "").expand("%n|%d"))
        .as("the last @ counts")
        .isEqualTo("a@b|c");
    assertThat(Variables.of("@c", "").expand("[%n][%d]")).isEqualTo("[][c]");
  }

  @Test
  void valuesAreEscapedAndTheTemplateIsNot() {
    Variables variables = Variables.of("o'neil@x", "");
    assertThat(variables.expand("'%u' %% '", value -> value.replace("'", "''")))
        .isEqualTo("'o''neil@x' % '");
    assertThat(variables.expand("%Uu", value -> "<" + value + ">")).isEqualTo("<O'NEIL@X>");
  }

  @Test
  void aValueIsNotATemplate() {
    assertThat(Variables.of("%d%{user}@x", "").expand("%n")).isEqualTo("%d%{user}");
  }

  @Test
  void aHomeIsAVariableWhereThereIsOne() {
    Variables at = VARIABLES.withHome("/home/Jane");
    assertThat(at.expand("%h/Maildir %{home} %Lh %n"))
        .isEqualTo("/home/Jane/Maildir /home/Jane /home/jane Jane.D");
    assertThatThrownBy(() -> VARIABLES.expand("%h")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void constantsAreTheSameForEverybodyAndThereAreNoOthers() {
    assertThat(Variables.constants().expand("%s[%c]%%")).isEqualTo("doveadm[]%");
    assertThatThrownBy(() -> Variables.constants().expand("%u"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("unknown variable %u");
  }

  @ParameterizedTest
  @CsvSource({"%u, true", "a%%b, false", "100%%%u, true", "plain, false", "%, true", "'', false"})
  void aTextHasVariablesOrHasNone(String text, boolean has) {
    assertThat(Variables.isIn(text)).isEqualTo(has);
  }
}
