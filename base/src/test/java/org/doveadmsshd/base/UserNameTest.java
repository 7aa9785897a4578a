package org.doveadmsshd.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UserNameTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "jane",
        "jane@example.org",
        "Jané Ødegård",
        "日本",
        "😀",
        ".",
        "..",
        "a/b",
        " ",
        "*"
      })
  void whatPeopleAreCalledIsPossible(String name) {
    assertThat(UserName.isPossible(name)).isTrue();
    assertThatCode(() -> UserName.check(name)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "a\tb", "a\n", "\0", "\u007f", "\u0085", "\u009f", "\ud800", "a\udc00", "a\ufffd"
      })
  void controlCharactersAndWhatIsNoCharacterAreNot(String name) {
    assertThat(UserName.isPossible(name)).isFalse();
    assertThat(UserName.isFitForPaths(name)).isFalse();
    assertThatThrownBy(() -> UserName.check(name))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.outcome()).isEqualTo(Outcome.NO_USER))
        .hasMessageStartingWith("No user is called")
        .message()
        .doesNotContainPattern("\\p{Cntrl}");
  }

  @Test
  void aNameHasAtMost255Characters() {
    assertThat(UserName.isPossible("x".repeat(255))).isTrue();
    assertThat(UserName.isPossible("x".repeat(256))).isFalse();
    assertThat(UserName.explanation("x".repeat(100_000))).hasSizeLessThan(200);
  }

  @ParameterizedTest
  @CsvSource({
    "jane, true",
    "jane@example.org, true",
    "ja.ne, true",
    "jane., true",
    "~, true",
    "., false",
    ".., false",
    ".jane, false",
    "ja..ne, false",
    "ja/ne, false",
    "/etc, false",
    "../jane, false",
    "jane/.., false",
    "a@b@example.org, true",
    "jane@example.org., true",
    "jane@a/b, false",
    "jane@../x, false",
    "jane@x..y, false",
    "@, false",
    "@example.org, false",
    "jane@, false",
    "jane@., false",
    "jane@.org, false",
    "x@y@, false",
  })
  void aNameInAPathMustNotLeadElsewhere(String name, boolean isFit) {
    assertThat(UserName.isFitForPaths(name)).isEqualTo(isFit);
  }
}
