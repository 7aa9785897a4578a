package org.doveadmsshd.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.doveadmsshd.auth.sasl.PlainResponse;
import org.doveadmsshd.protocol.Failure;
import org.doveadmsshd.protocol.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScopeTest {
  @ParameterizedTest
  @CsvSource({
    "*@example.org, a@EXAMPLE.org, true",
    "*@example.org, a@example.org.evil, false",
    "*@example.org, a@sub.example.org, false",
    "user?, user1, true",
    "user?, user12, false",
    "*, anybody, true",
    "a*b*c, aXbYbZc, true",
    "a*b*c, aXbYbZ, false",
    "'', x, false",
  })
  void masks(String mask, String user, boolean expected) {
    assertThat(new UserMask(mask).matches(user)).isEqualTo(expected);
  }

  @Test
  void aMaskMadeToHurtIsMatchedQuickly() {
    assertThat(new UserMask("*a".repeat(200) + "b").matches("a".repeat(5000))).isFalse();
  }

  @Test
  void whatIsNotInTheScopeIsRefusedWith77() {
    Scope scope = new Scope(List.of(new UserMask("*@example.org")), Set.of("search"));
    assertThatThrownBy(() -> scope.checkUser("a@example.com"))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.NO_PERMISSION));
    assertThatThrownBy(() -> scope.checkCommand("expunge")).isInstanceOf(Failure.class);
    assertThat(scope.hasAllUsers()).isFalse();
    assertThat(new Scope(List.of(), Set.of()).hasUser("a")).isFalse();
  }

  @Test
  void plainResponsesAreReadStrictly() {
    PlainResponse response = new PlainResponse("", "admin", "päss");
    assertThat(PlainResponse.parse(response.encode())).contains(response);
    assertThat(response.toString()).doesNotContain("päss");
    for (String bad :
        List.of("", "a", "\0a", "\0\0p", "\0a\0", "\0a\0p\0x", "\0" + "a".repeat(800) + "\0p")) {
      assertThat(PlainResponse.parse(bad.getBytes())).as(bad).isEmpty();
    }
  }
}
