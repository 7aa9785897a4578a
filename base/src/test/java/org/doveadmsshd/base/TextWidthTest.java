package org.doveadmsshd.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextWidthTest {
  /** Characters of all widths, half of a pair of surrogates among them. */
  private static final String[] CHARACTERS = {
    "a", "ä", "e\u0301", "日", "ｱ", "Ａ", "한", "😀", "\u200b", "\u0301", "\t", "\ud83d", "𠀀", "…"
  };

  @ParameterizedTest
  @CsvSource({
    "'', 0",
    "plain, 5",
    "Übersicht, 9",
    "日本語, 6",
    "ｱｲｳ, 3",
    "ＡＢ, 4",
    "한국어, 6",
    "e\u0301, 1",
    "\u1112\u1161\u11ab, 2",
    "😀, 2",
    "𠀀, 2",
    "a\u200bb, 2",
    "a\u202eb, 3",
    "─│, 2",
  })
  void textTakesSoManyColumns(String text, int columns) {
    assertThat(TextWidth.of(text)).isEqualTo(columns);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x1100, 0x115f, 0x2e80, 0x4e00, 0x9fff, 0xff60, 0x1f64f, 0x3fffd})
  void bothEndsOfRangesAreWide(int codePoint) {
    assertThat(TextWidth.of(codePoint)).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {'~', 0x10ff, 0x2e7f, 0xff61, 0x1f650, 0x3fffe})
  void whatIsBesideRangesIsNot(int codePoint) {
    assertThat(TextWidth.of(codePoint)).isEqualTo(1);
  }

  /** A character that would be cut in two is left out whole. */
  @ParameterizedTest
  @CsvSource({
    "abc, 3, abc",
    "abc, 2, a…",
    "日本, 4, 日本",
    "日本, 3, 日…",
    "日本, 2, …",
    "abc, 1, …",
    "abcd\u0301, 4, abcd\u0301"
  })
  void textIsCutToColumns(String text, int columns, String expected) {
    assertThat(TextWidth.cut(text, columns)).isEqualTo(expected);
  }

  @Test
  void whatIsCutFitsAndNoMoreWouldFit() {
    Random random = new Random(4711);
    for (int round = 0; round < 20_000; round++) {
      StringBuilder made = new StringBuilder();
      for (int i = random.nextInt(20); i > 0; i--) {
        made.append(CHARACTERS[random.nextInt(CHARACTERS.length)]);
      }
      String text = made.toString();
      int columns = 1 + random.nextInt(20);
      String cut = TextWidth.cut(text, columns);
      assertThat(TextWidth.of(cut)).isLessThanOrEqualTo(columns);
      if (TextWidth.of(text) <= columns) {
        assertThat(cut).isEqualTo(text);
      } else {
        assertThat(cut).endsWith("…");
        assertThat(text).startsWith(cut.substring(0, cut.length() - 1));
        assertThat(TextWidth.of(cut)).isGreaterThanOrEqualTo(columns - 1);
      }
    }
  }
}
