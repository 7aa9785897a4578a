package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/** A cache is the user's file: whatever stands in it is read whole or not at all. */
class MailCacheFuzzTest {
  private static final byte[] MAGIC = "dvcache1".getBytes(java.nio.charset.StandardCharsets.UTF_8);

  /** The bytes come behind a checksum that is right, as a user can make it. */
  @FuzzTest(maxDuration = "60s")
  void anyBytes(byte[] bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    ByteBuffer file = ByteBuffer.allocate(MAGIC.length + 4 + bytes.length);
    file.put(MAGIC).putInt((int) checksum.getValue()).put(bytes);
    Optional<MailCache> cache = MailCache.parse(file.array());
    cache.ifPresent(MailCacheFuzzTest::check);
  }

  private static void check(MailCache cache) {
    for (MailCache.Row row : cache.rows()) {
      assertThat(row.place().file()).doesNotContain("/").isNotEqualTo("..");
      MailFacts.NAMES.forEach(row.facts()::header);
      assertThat(row.entry() == null).isEqualTo(cache.identity().isEmpty());
    }
    MailCache again = MailCache.parse(cache.bytes().orElseThrow()).orElseThrow();
    assertThat(again.stamp()).isEqualTo(cache.stamp());
    assertThat(again.identity()).isEqualTo(cache.identity());
    assertThat(again.rows()).hasSameSizeAs(cache.rows());
  }
}
