package org.doveadmsshd.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NearestTest {
  private static final List<String> KNOWN =
      List.of("", "uid", "search", "expunge", "SAVEDBEFORE", "SAVEDON", "mailbox list");

  @ParameterizedTest
  @CsvSource({
    "serch,search",
    "saerch,search",
    "seach,search",
    "searchh,search",
    "Expunges,expunge",
    "savedbefor,SAVEDBEFORE",
    "savedbefroe,SAVEDBEFORE",
    "savebfore,SAVEDBEFORE",
    "savedno,SAVEDON",
    "udi,uid",
    "mailbox lst,mailbox list"
  })
  void aSlipIsUnderstood(String word, String meant) {
    assertThat(Nearest.to(word, KNOWN)).contains(meant);
    assertThat(Nearest.question(word, KNOWN)).isEqualTo(" (did you mean " + meant + "?)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "ab", "xyz", "copy", "spelled", "somethingelse"})
  void anotherWordIsNotTakenForOne(String word) {
    assertThat(Nearest.to(word, KNOWN)).isEmpty();
    assertThat(Nearest.question(word, KNOWN)).isEmpty();
  }

  @Test
  void theNearestOfSeveralIsOffered() {
    assertThat(Nearest.to("savedbe", List.of("savedbefore", "saved", "savedb"))).contains("savedb");
  }

  @Test
  void whatIsTooLongForAWordCostsNothing() {
    String endless = "a".repeat(1 << 20);
    assertThat(Nearest.to(endless, List.of(endless + "b"))).isEmpty();
  }
}
