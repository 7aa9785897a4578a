package org.doveadmsshd.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {
  @ParameterizedTest
  @CsvSource({
    "100, 100",
    "100b, 100",
    "1k, 1024",
    "10M, 10485760",
    "10 MiB, 10485760",
    "2g, 2147483648",
    "1TB, 1099511627776",
    "0, 0",
    "10m, 10485760",
    "1KiB, 1024",
    "1 kb, 1024",
    "8388607t, 9223370937343148032",
    "999999999999999999, 999999999999999999"
  })
  void aNumberAndAUnitAreBytes(String text, long bytes) {
    assertThat(Sizes.bytes(text)).hasValue(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "k",
        "-1",
        "+1",
        "1.5M",
        "1x",
        "9999999999999999999",
        "999999999999999999t",
        "8388608t",
        "1kk",
        "1 0",
        " 1",
        "0x10",
        "1e3",
        "١k",
        "1p"
      })
  void anythingElseIsNone(String text) {
    assertThat(Sizes.bytes(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1023, 1023 B",
    "1024, 1.0 KiB",
    "1536, 1.5 KiB",
    "1048524, 1023.9 KiB",
    "1048575, 1.0 MiB",
    "1288490189, 1.2 GiB",
    "9223372036854775807, 8.0 EiB",
  })
  void bytesAreShownWithAUnit(long bytes, String text) {
    assertThat(Sizes.text(bytes)).isEqualTo(text);
  }
}
