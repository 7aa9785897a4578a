package org.doveadmsshd.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TabLinesTest {
  private static Arguments line(String line, String... values) {
    return Arguments.of(line, List.of(values));
  }

  /** As Dovecot writes them: lib/strescape.c, str_append_tabescaped. */
  static List<Arguments> lines() {
    return List.of(
        line("", ""),
        line("\t", "", ""),
        line("a\tb", "a", "b"),
        line("a\001tb", "a\tb"),
        line("a\001nb\001rc\0010d", "a\nb\rc\0d"),
        line("\0011", "\001"),
        line("\0011t", "\001t"),
        line("\0011\001t\t\001n", "\001\t", "\n"),
        line("é日😀", "é日😀"));
  }

  @ParameterizedTest
  @MethodSource("lines")
  void valuesAreEscapedAsInDovecot(String line, List<String> values) {
    assertThat(TabLines.line(values.toArray(String[]::new))).isEqualTo(line);
    assertThat(TabLines.values(line)).isEqualTo(values);
  }

  /** As Dovecot reads them: an unknown escape is its character, one at the end itself. */
  static List<Arguments> odd() {
    return List.of(
        line("a\001x", "ax"),
        line("a\001", "a\001"),
        line("\001\001", "\001"),
        line("a\001\tb", "a\001", "b"),
        line("a\rb", "a\rb"));
  }

  @ParameterizedTest
  @MethodSource("odd")
  void whatNobodyWritesHasValuesToo(String line, List<String> values) {
    assertThat(TabLines.values(line)).isEqualTo(values);
  }

  @Test
  void anyValuesAreTheSameAfterTheyWereALine() {
    Random random = new Random(8);
    String letters = "a\t\n\r\0\001tnr01=é";
    for (int round = 0; round < 20_000; round++) {
      String[] values = new String[1 + random.nextInt(4)];
      for (int i = 0; i < values.length; i++) {
        StringBuilder value = new StringBuilder();
        for (int n = random.nextInt(6); n > 0; n--) {
          value.append(letters.charAt(random.nextInt(letters.length())));
        }
        values[i] = value.toString();
      }
      String line = TabLines.line(values);
      assertThat(line).doesNotContain("\n", "\r", "\0");
      assertThat(TabLines.values(line)).containsExactly(values);
    }
  }

  @Test
  void aNamedValueEndsAtTheFirstEqualsSignOfItsName() {
    assertThat(TabLines.named(List.of("a=b=c", "flag", "", "e=", "=v")))
        .containsEntry("a", "b=c")
        .containsEntry("flag", "yes")
        .containsEntry("e", "")
        .containsEntry("", "v")
        .hasSize(4);
  }

  @Test
  void ofANameThatStandsTwiceTheLastValueCountsAndTheOrderIsTheLines() {
    assertThat(TabLines.named(List.of("b=1", "a=2", "b=3")))
        .containsExactly(java.util.Map.entry("b", "3"), java.util.Map.entry("a", "2"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 1000})
  void aLineHasAsManyValuesAsItHasTabsAndOne(int values) {
    assertThat(TabLines.values("\t".repeat(values - 1))).hasSize(values);
  }
}
