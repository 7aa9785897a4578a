package org.doveadmsshd.auth.sasl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PlainResponseTest {
  @Test
  void isReadStrictly() {
    PlainResponse response = new PlainResponse("", "admin", "päss");
    assertThat(PlainResponse.parse(response.encode())).contains(response);
    assertThat(response.toString()).doesNotContain("päss");
    for (String bad :
        List.of("", "a", "\0a", "\0\0p", "\0a\0", "\0a\0p\0x", "\0" + "a".repeat(800) + "\0p")) {
      assertThat(PlainResponse.parse(bad.getBytes())).as(bad).isEmpty();
    }
  }
}
