package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModifiedUtf7Test {
  @ParameterizedTest
  @CsvSource({
    "INBOX, INBOX",
    "Entwürfe, Entw&APw-rfe",
    "日本語, &ZeVnLIqe-",
    "Tom & Jerry, Tom &- Jerry",
    "ö😀x, &APbYPd4A-x"
  })
  void encodesAndDecodes(String text, String encoded) {
    assertThat(ModifiedUtf7.encode(text)).isEqualTo(encoded);
    assertThat(ModifiedUtf7.decode(encoded)).contains(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"&bad", "&", "&AGE-", "a&!!-", "ü", "&APw", "x\u0001"})
  void whatNobodyWouldHaveEncodedIsNoName(String encoded) {
    assertThat(ModifiedUtf7.decode(encoded)).isEmpty();
  }

  @Test
  void everyCharacterSurvives() {
    for (int c = 1; c < 0x3000; c += 7) {
      String text = "a" + Character.toString(c) + "&";
      assertThat(ModifiedUtf7.decode(ModifiedUtf7.encode(text))).contains(text);
    }
  }
}
