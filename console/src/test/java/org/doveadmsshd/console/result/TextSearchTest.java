package org.doveadmsshd.console.result;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class TextSearchTest {
  @ParameterizedTest
  @CsvSource({
    "'', abc, ''",
    "a, '', ''",
    "b, abcb, '1 3'",
    "AB, abAB, '0 2'",
    "aa, aaaaa, '0 2'",
    "aab, aaab, '1'",
    "aabaabaaa, aabaabaabaaa, '3'",
    "ÄÖ, xäöÄö, '1 3'",
    "a.c, abc, ''",
    "日本, x日本日本, '1 3'",
    "😀, a😀, '1'",
    "abc, ab, ''",
  })
  void whereATextIsInALine(String text, String line, String expected) {
    TextSearch search = new TextSearch(text);
    assertThat(search.all(line).stream().map(String::valueOf).toList())
        .isEqualTo(expected.isEmpty() ? List.of() : List.of(expected.split(" ")));
    assertThat(search.isIn(line)).isEqualTo(!expected.isEmpty());
  }

  @Test
  void itFindsWhatASimpleSearchFinds() {
    Random random = new Random(4);
    for (int round = 0; round < 50_000; round++) {
      String line = text(random, 30);
      String wanted = text(random, 5);
      assertThat(new TextSearch(wanted).all(line))
          .as("%s in %s", wanted, line)
          .isEqualTo(simple(wanted, line));
    }
  }

  /** Of few characters, so that much is alike. */
  private static String text(Random random, int most) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      text.append("aAbBäÄ".charAt(random.nextInt(6)));
    }
    return text.toString();
  }

  private static List<Integer> simple(String wanted, String line) {
    List<Integer> all = new ArrayList<>();
    for (int at = 0; !wanted.isEmpty() && at + wanted.length() <= line.length(); at++) {
      if (line.regionMatches(true, at, wanted, 0, wanted.length())) {
        all.add(at);
        at += wanted.length() - 1;
      }
    }
    return all;
  }

  /** A search that begins anew behind each character would make 25,000 million comparisons. */
  @Test
  void noTextTakesLong() {
    String line = "a".repeat(500_000);
    String wanted = "a".repeat(50_000) + "b";
    assertThat(new TextSearch(wanted).isIn(line)).isFalse();
    assertThat(new TextSearch(wanted).isIn(line + "b")).isTrue();
  }
}
