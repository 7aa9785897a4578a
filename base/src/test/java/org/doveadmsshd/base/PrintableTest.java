package org.doveadmsshd.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "plain", "Übersicht", "日本語 😀", "a‍b", "e\u0301", "عربي"})
  void whatPeopleWriteStaysAsItIs(String text) {
    assertThat(Printable.line(text)).isEqualTo(text);
    assertThat(Printable.lines(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u001b", "\r", "\0", "\u007f", "\u009b", "\u2028", "\u2029", "\u202a", "\u202e", "\u2066",
        "\u2069", "\u200e", "\u200f", "\u061c", "\ud800"
      })
  void whatMovesCursorsEndsLinesOrTurnsTextIsReplaced(String odd) {
    assertThat(Printable.line("a" + odd + "b")).isEqualTo("a\ufffdb");
    assertThat(Printable.lines("a" + odd + "b")).isEqualTo("a\ufffdb");
  }

  @Test
  void onlySeveralLinesMayHaveTabsAndLineFeeds() {
    assertThat(Printable.line("a\tb\nc")).isEqualTo("a\ufffdb\ufffdc");
    assertThat(Printable.lines("a\tb\nc")).isEqualTo("a\tb\nc");
  }

  @Test
  void longLinesAreCut() {
    assertThat(Printable.line("abcdef", 4)).isEqualTo("abc…");
    assertThat(Printable.line("abcd", 4)).isEqualTo("abcd");
    assertThat(Printable.line("abc😀e", 5))
        .as("half a character is no text")
        .isEqualTo("abc\ufffd…");
    assertThat(Printable.line("a\nb\n", 9)).isEqualTo("a\ufffdb\ufffd");
    assertThat(Printable.line("", 1)).isEmpty();
  }
}
