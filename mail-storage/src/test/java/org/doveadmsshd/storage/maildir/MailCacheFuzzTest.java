package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/** A cache is the user's file: whatever stands in it is read whole or not at all. */
class MailCacheFuzzTest {
  private static final byte[] MAGIC = "dvcache2".getBytes(java.nio.charset.StandardCharsets.UTF_8);

  /** The bytes come behind a checksum that is right, as a user can make it. */
  @FuzzTest(maxDuration = "60s")
  void anyBytes(byte[] bytes) throws Exception {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    ByteBuffer file = ByteBuffer.allocate(MAGIC.length + 4 + bytes.length);
    file.put(MAGIC).putInt((int) checksum.getValue()).put(bytes);
    Optional<MailCache> cache = MailCache.parse(file.array(), Room.ANY);
    if (cache.isPresent()) {
      check(cache.get());
    }
  }

  private static void check(MailCache cache) throws Exception {
    MailTable table = cache.mails().table();
    for (int mail = 0; mail < table.size(); mail++) {
      assertThat(table.file(mail)).doesNotContain("/").isNotEqualTo("..");
      MailFacts.NAMES.forEach(cache.mails().facts(mail)::header);
      assertThat(table.uid(mail) == 0).isEqualTo(cache.identity().isEmpty());
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(cache.write(out::write)).isTrue();
    MailCache again = MailCache.parse(out.toByteArray(), Room.ANY).orElseThrow();
    assertThat(again.stamp()).isEqualTo(cache.stamp());
    assertThat(again.identity()).isEqualTo(cache.identity());
    assertThat(again.mails().table().size()).isEqualTo(table.size());
  }
}
