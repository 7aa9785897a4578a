package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/** A cache is the user's file: whatever stands in it is read whole or not at all. */
class MailCacheFuzzTest {
  private static final int HEAD = 9 * 8 + 3 * 4 + 32;
  private static final byte[] MAGIC = "dvcache3".getBytes(java.nio.charset.StandardCharsets.UTF_8);

  /** The bytes come with checksums that are right, as a user can make them. */
  @FuzzTest(maxDuration = "60s")
  void anyBytes(byte[] bytes) throws Exception {
    int head = Math.min(bytes.length, HEAD);
    ByteBuffer file = ByteBuffer.allocate(MAGIC.length + 8 + bytes.length);
    file.put(MAGIC).put(bytes, 0, head).putInt(checksum(bytes, 0, head));
    file.put(bytes, head, bytes.length - head);
    file.putInt(checksum(bytes, head, bytes.length - head));
    Optional<MailCache> cache = read(file.array());
    if (cache.isPresent()) {
      check(cache.get());
    }
  }

  private static int checksum(byte[] bytes, int from, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, from, length);
    return (int) checksum.getValue();
  }

  private static Optional<MailCache> read(byte[] bytes) throws Exception {
    MailCacheReader file = MailCacheReader.of(bytes);
    Optional<MailCache.Head> head = MailCache.head(file);
    return head.isEmpty() ? Optional.empty() : MailCache.read(head.get(), file, Room.ANY);
  }

  private static void check(MailCache cache) throws Exception {
    MailTable table = cache.mails().table();
    for (int mail = 0; mail < table.size(); mail++) {
      assertThat(table.file(mail)).doesNotContain("/").isNotEqualTo("..");
      MailFacts.NAMES.forEach(cache.mails().facts(mail)::header);
      assertThat(table.uid(mail) == 0).isEqualTo(cache.identifiers().isEmpty());
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(cache.write(out::write)).isTrue();
    MailCache again = read(out.toByteArray()).orElseThrow();
    assertThat(again.stamp()).isEqualTo(cache.stamp());
    assertThat(again.identifiers()).isEqualTo(cache.identifiers());
    assertThat(again.mails().table().size()).isEqualTo(table.size());
  }
}
