package org.doveadmsshd.storage.mime;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Whatever stands in a header field, it is decoded to something. */
class HeaderFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void anyBytes(byte[] bytes) {
    String value = new String(bytes, StandardCharsets.ISO_8859_1);
    assertThat(HeaderText.decode(value)).hasSizeLessThanOrEqualTo(2 * bytes.length);
    assertThat(HeaderText.searchedCompressed(value)).hasSizeLessThanOrEqualTo(2 * bytes.length);
    HeaderText.addresses(value);
    for (MailAddress address : MailAddress.parse(value)) {
      assertThat(address.mailbox() == null && address.domain() != null).isFalse();
    }
    MailAddress.parseFilled(value)
        .forEach(address -> assertThat(address.isGroup() || address.mailbox() != null).isTrue());
    ContentField.parse(value);
    ContentField.parseType(value);
    MessageIds.all(value).forEach(id -> assertThat(id).contains("@"));
    SentDate.parse(value);
    HeaderField field = HeaderField.of(bytes, 0, bytes.length);
    assertThat(field.name()).doesNotContain(":");
  }
}
