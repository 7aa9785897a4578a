package org.doveadmsshd.storage.mime;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Whatever stands in a header field, it is decoded to something. */
class HeaderFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void anyBytes(byte[] bytes) {
    String value = new String(bytes, StandardCharsets.ISO_8859_1);
    assertThat(HeaderText.decode(value)).doesNotContain("\0");
    assertThat(HeaderText.decodeCompressed(value)).doesNotContain("\n");
    HeaderText.addresses(value);
    for (MailAddress address : MailAddress.parse(value)) {
      assertThat(address.mailbox() == null && address.domain() != null).isFalse();
    }
    ContentField.parse(value);
    SentDate.parse(value);
    HeaderField field = HeaderField.of(bytes, 0, bytes.length);
    assertThat(field.name()).doesNotContain(":");
  }
}
