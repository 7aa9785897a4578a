package org.doveadmsshd.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValueTest {
  @Test
  void aValueIsItsBytesReadAsUtf8() {
    assertThat(Value.of("schön").bytes()).hasSize(6);
    assertThat(Value.of("schön").text()).isEqualTo("schön");
    assertThat(Value.of(-17).text()).isEqualTo("-17");
    assertThat(Value.of(new byte[] {'a', (byte) 0xff, 'b'}).text()).isEqualTo("a\ufffdb");
    assertThat(Value.of("").bytes()).isEmpty();
  }

  @Test
  void valuesOfTheSameBytesAreEqual() {
    assertThat(Value.of("5")).isEqualTo(Value.of(5)).hasSameHashCodeAs(Value.of(5));
    assertThat(Value.of("")).isEqualTo(Value.of(new byte[0]));
    assertThat(Value.of("a")).isNotEqualTo(Value.of("b")).isNotEqualTo("a");
    assertThat(Value.of("a").hashCode()).isNotEqualTo(Value.of("b").hashCode());
  }

  @Test
  void nothingAndThePromiseOfChunksAreLikeNoOtherValue() {
    Value empty = Value.of("");
    assertThat(Value.ABSENT).isEqualTo(Value.ABSENT).isNotEqualTo(Value.CHUNKED);
    assertThat(Value.ABSENT).isNotEqualTo(empty);
    assertThat(Value.CHUNKED).isNotEqualTo(empty);
    assertThat(empty).isNotEqualTo(Value.ABSENT).isNotEqualTo(Value.CHUNKED);
    assertThat(Value.ABSENT.bytes()).isEmpty();
    assertThat(Value.CHUNKED.bytes()).isEmpty();
  }

  @Test
  void whatIsShownTellsThemApart() {
    assertThat(Value.ABSENT).hasToString("(absent)");
    assertThat(Value.CHUNKED).hasToString("(chunked)");
    assertThat(Value.of("x")).hasToString("x");
    assertThat(Value.of("")).hasToString("");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, false",
    "1, 1, true",
    "2, 1, false",
    "3, 1, true",
    "3, 2, true",
    "30, 16, true",
    "15, 16, false"
  })
  void aColumnHasTheFlagsThatAreAddedUp(int flags, int flag, boolean expected) {
    assertThat(new Column("k", flags).has(flag)).isEqualTo(expected);
  }

  @Test
  void aColumnWithoutTitleHasItsKeyAsOne() {
    assertThat(new Column("k")).isEqualTo(new Column("k", "k", 0));
    assertThat(new Column("k", Column.RIGHT)).isEqualTo(new Column("k", "k", Column.RIGHT));
  }
}
