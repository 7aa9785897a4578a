package org.doveadmsshd.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OutcomeTest {
  /** Journals and peers of other versions have these; a line may be added, none may change. */
  private static final String FOR_EVER =
      """
      0 ok 0
      1 usage 64
      2 data-error 65
      3 no-such-user 67
      4 not-found 68
      5 cannot-create 73
      6 temporary 75
      7 protocol-error 76
      8 not-allowed 77
      9 configuration-error 78
      10 timed-out 75
      11 cancelled 75
      12 over-quota 73
      13 not-begun 75
      14 unreachable 75
      15 unknown 75
      """;

  @Test
  void numbersWordsAndExitCodesStayAsTheyAre() {
    String now =
        Arrays.stream(Outcome.values())
            .map(each -> each.code() + " " + each.word() + " " + each.exitCode() + "\n")
            .collect(Collectors.joining());
    assertThat(now).isEqualTo(FOR_EVER);
  }

  @Test
  void eachIsFoundByItsNumberAndItsWord() {
    for (Outcome each : Outcome.values()) {
      assertThat(Outcome.of(each.code())).contains(each);
      assertThat(Outcome.ofWord(each.word())).contains(each);
      assertThat(Outcome.ofWord(each.word().toUpperCase(Locale.ROOT))).contains(each);
    }
  }

  @Test
  void whatIsNoOutcomeIsFoundByNothing() {
    assertThat(Outcome.of(-1)).isEmpty();
    assertThat(Outcome.of(16)).isEmpty();
    assertThat(Outcome.of(255)).isEmpty();
    for (String word : new String[] {"", "OK ", "timed_out", "NO_USER", "failed", "ok\n"}) {
      assertThat(Outcome.ofWord(word)).as(word).isEmpty();
    }
  }

  /** A journal separates by spaces and tabs, an option by commas. */
  @Test
  void aWordNeedsNoQuotes() {
    assertThat(Outcome.values()).allMatch(each -> each.word().matches("[a-z]+(-[a-z]+)*"));
  }

  @Test
  void whatABrainFindsOutItselfIsNotSaidByWorkers() {
    assertThat(Arrays.stream(Outcome.values()).filter(each -> !each.isSaidByWorkers()))
        .containsExactly(Outcome.NOT_BEGUN, Outcome.UNREACHABLE, Outcome.UNKNOWN);
  }
}
