package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;

/** Whatever stands in a dovecot-keywords, every letter has one name or none. */
class KeywordsFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void anyText(byte[] bytes) {
    Keywords keywords = Keywords.parse(new String(bytes, java.nio.charset.StandardCharsets.UTF_8));
    List<String> names = keywords.of("abcdefghijklmnopqrstuvwxyz");
    assertThat(names).hasSizeLessThanOrEqualTo(26);
    for (String name : names) {
      assertThat(keywords.letter(name)).isBetween('a', 'z');
    }
    Subscriptions.parse(new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1), '.');
  }
}
