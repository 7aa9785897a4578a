package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RepeatsTest {
  private final Repeats repeats = new Repeats();

  private int said(String... texts) {
    int said = 0;
    for (String text : texts) {
      said += repeats.isToBeSaid(text) ? 1 : 0;
    }
    return said;
  }

  private List<String> leftOut() {
    List<String> all = new ArrayList<>();
    repeats.forEachLeftOut((text, times) -> all.add(times + " " + text));
    return all;
  }

  @Test
  void aTextIsSaidTenTimes() {
    for (int i = 1; i <= 10; i++) {
      assertThat(repeats.isToBeSaid("the same")).isTrue();
    }
    assertThat(leftOut()).isEmpty();
    assertThat(repeats.isToBeSaid("the same")).isFalse();
    assertThat(repeats.isToBeSaid("another")).isTrue();
    assertThat(leftOut()).containsExactly("1 the same");
  }

  /** Two texts are each said six times; of one kind they are, if two of the twelve are left out. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mail 17 is gone | mail 18 is gone | 2 mail … is gone",
        "mail (17) is gone | mail (18) is gone | 2 mail (…) is gone",
        "17: gone | 8: gone | 2 …: gone",
        "gone: 17, | gone: 8, | 2 gone: …,",
        "[a1] | [b2] | 2 […]",
        "a1/b | a2/c | 2 …",
        "UID 1 of 2 | UID 3 of 4 | 2 UID … of …",
        "'mail 17  twice' | 'mail 18  twice' | '2 mail …  twice'",
        "mail 17 is gone | mail 18 is back | ",
        "mail x is gone | mail y is gone | ",
        "mail 17 is gone | mail is gone | ",
        "(17) gone | 17 gone | ",
      })
  void textsThatDifferInWordsWithDigitsAreOfOneKind(String one, String other, String sum) {
    for (int i = 0; i < 6; i++) {
      said(one, other);
    }
    assertThat(leftOut()).isEqualTo(sum == null ? List.of() : List.of(sum));
  }

  @Test
  void aTextThatNeverDiffersIsSummedUpAsItIs() {
    for (int i = 0; i < 15; i++) {
      said("UID 17 is gone");
    }
    assertThat(leftOut()).containsExactly("5 UID 17 is gone");
  }

  @Test
  void ofMoreThanAHundredKindsTheRestIsAlwaysSaid() {
    for (char first = 'a'; first < 'k'; first++) {
      for (char second = 'a'; second < 'k'; second++) {
        assertThat(repeats.isToBeSaid("kind " + first + second)).isTrue();
      }
    }
    for (int i = 0; i < 20; i++) {
      assertThat(repeats.isToBeSaid("one kind more")).isTrue();
    }
    for (int i = 0; i < 20; i++) {
      said("kind jj");
    }
    assertThat(leftOut()).containsExactly("11 kind jj");
  }
}
