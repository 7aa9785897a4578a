package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.storage.Delivery;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailFailure;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.UnreadableMailException;
import org.doveadmsshd.storage.compression.Compression;
import org.doveadmsshd.storage.compression.CompressionRules;
import org.doveadmsshd.storage.search.Candidate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompressedMailTest {
  private static final String TEXT =
      "Subject: in a file that is smaller\nFrom: a@example.org\n\n"
          + "a line\r\nof two\n".repeat(9000);

  private static final int VIRTUAL =
      TEXT.length() + (int) TEXT.chars().filter(c -> c == '\n').count() - 9000;

  @TempDir Path home;
  private MaildirTree tree;

  @BeforeEach
  void makeTree() throws IOException {
    tree = new MaildirTree(home);
  }

  private static byte[] compress(Compression compression, byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream to = compression.compress(out, compression.levels().usual())) {
      to.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] compress(Compression compression) throws IOException {
    return compress(compression, TEXT.getBytes(StandardCharsets.ISO_8859_1));
  }

  private Path put(String place, byte[] bytes) throws IOException {
    return Files.write(tree.root.resolve(place), bytes);
  }

  private static String read(Mail mail) throws Exception {
    try (InputStream in = mail.open()) {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private static Mail only(Mailbox mailbox) throws Failure {
    assertThat(mailbox.mails(true)).hasSize(1);
    return mailbox.mails(true).get(0);
  }

  private List<Path> files(String directory) throws IOException {
    try (Stream<Path> files = Files.list(tree.root.resolve(directory))) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aMailIsReadWhateverItsNameSays(Compression compression) throws Exception {
    put("cur/1.a.h:2,S", compress(compression));
    try (Mailbox inbox = tree.inbox()) {
      Mail mail = only(inbox);
      assertThat(read(mail)).isEqualTo(TEXT);
      assertThat(mail.physicalSize()).isEqualTo(TEXT.length());
      assertThat(mail.virtualSize()).isEqualTo(VIRTUAL);
      Candidate candidate = new Candidate(1).take(mail);
      assertThat(candidate.header("subject")).containsExactly("in a file that is smaller");
      assertThat(candidate.structure()).isNotNull();
      try (InputStream in = mail.open()) {
        in.skipNBytes(50_000);
        assertThat(in.readNBytes(100)).asString().isEqualTo(TEXT.substring(50_000, 50_100));
      }
      try (InputStream in = mail.open()) {
        assertThat(in.read()).isEqualTo('S');
        assertThat(in.skip(6)).isEqualTo(6);
        assertThat(in.readNBytes(100)).asString().isEqualTo(TEXT.substring(7, 107));
      }
    }
  }

  @Test
  void sizesOfTheNameAreTakenWithoutReadingAndOthersAreRemembered() throws Exception {
    put("cur/1.a.h,S=77,W=88:2,S", "\u001f\u008b".getBytes(StandardCharsets.ISO_8859_1));
    put("cur/2.a.h:2,S", compress(Compression.ZSTD));
    Thread.sleep(50); // so that the mailbox has settled
    try (Mailbox inbox = tree.inbox()) {
      assertThat(inbox.mails(true).get(0).physicalSize()).isEqualTo(77);
      assertThat(inbox.mails(true).get(0).virtualSize()).isEqualTo(88);
      Mail other = inbox.mails(true).get(1);
      assertThat(other.received()).isPositive();
      assertThat(other.physicalSize()).isEqualTo(TEXT.length());
    }
    try (Mailbox inbox = tree.inbox()) {
      assertThat(inbox.mails(true).get(1).physicalSize()).isEqualTo(TEXT.length());
    }
  }

  @Test
  void aCopyAndAMoveTakeTheFileAsItIs() throws Exception {
    byte[] stored = compress(Compression.BZ2);
    put("cur/1.a.h,S=%d:2,S".formatted(TEXT.length()), stored);
    tree.mailbox(".A");
    tree.mailbox(".B");
    try (MailStore store = tree.open();
        Mailbox inbox = store.find("INBOX").orElseThrow();
        Mailbox a = store.find("A").orElseThrow();
        Mailbox b = store.find("B").orElseThrow()) {
      try (Delivery copies = a.deliver()) {
        copies.copy(only(inbox));
        assertThat(copies.commit()).isOne();
      }
      try (Delivery moves = b.deliver()) {
        moves.move(only(inbox));
        assertThat(moves.commit()).isOne();
      }
      assertThat(read(only(a))).isEqualTo(TEXT);
      assertThat(only(b).physicalSize()).isEqualTo(TEXT.length());
    }
    assertThat(files(".A/cur").get(0)).hasBinaryContent(stored);
    assertThat(files(".B/cur").get(0)).hasBinaryContent(stored);
  }

  private void save(byte[] mail) throws Failure {
    try (Mailbox inbox = tree.inbox();
        Delivery delivery = inbox.deliver()) {
      delivery.save(new ByteArrayInputStream(mail), Delivery.About.NEW);
      assertThat(delivery.commit()).isOne();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aNewMailIsCompressedAndItsNameSaysWhatItWas(Compression compression) throws Exception {
    int level = compression.levels().most();
    tree.compression = new CompressionRules(Optional.of(compression), level, 1 << 30);
    save(TEXT.getBytes(StandardCharsets.ISO_8859_1));
    String lines = TEXT.replace("\r\n", "\n");
    Path file = files("new").get(0);
    assertThat(file.getFileName().toString())
        .endsWith(",S=%d,W=%d".formatted(lines.length(), VIRTUAL));
    byte[] stored = Files.readAllBytes(file);
    assertThat(stored.length).isLessThan(TEXT.length() / 5);
    assertThat(Compression.detect(stored, 0, stored.length)).contains(compression);
    try (Mailbox inbox = tree.inbox()) {
      assertThat(read(only(inbox))).isEqualTo(lines);
    }
  }

  @Test
  void whatLooksCompressedOrEncryptedIsNotSaved() throws Exception {
    byte[] crypted = "CRYPTED\u0003\u0007\u0002".getBytes(StandardCharsets.ISO_8859_1);
    for (byte[] bytes : List.of(compress(Compression.GZ), compress(Compression.LZ4), crypted)) {
      assertThatThrownBy(() -> save(bytes))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("Mailbox INBOX: what is to be saved is no mail")
          .extracting(e -> ((Failure) e).outcome())
          .isEqualTo(Outcome.DATA_ERROR);
    }
    assertThat(files("new")).isEmpty();
    assertThat(files("tmp")).isEmpty();
  }

  private void assertUnreadable(byte[] bytes, String name, String reason) throws Exception {
    Path file = put("cur/" + name, bytes);
    try (Mailbox inbox = tree.inbox()) {
      Mail mail = only(inbox);
      assertThatThrownBy(() -> read(mail))
          .isInstanceOf(UnreadableMailException.class)
          .extracting(e -> ((UnreadableMailException) e).failure())
          .isInstanceOfSatisfying(
              MailFailure.class,
              failure -> {
                assertThat(failure)
                    .hasMessage("Mailbox INBOX: mail " + name + " (UID 1) is " + reason);
                assertThat(failure.outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE);
              });
      assertThatThrownBy(() -> new Candidate(1).take(mail).header("subject"))
          .isInstanceOf(MailFailure.class);
      assertThatThrownBy(mail::virtualSize).isInstanceOf(MailFailure.class);
    }
    Files.delete(file);
    Files.delete(tree.root.resolve("dovecot-uidlist"));
  }

  @Test
  void aMailThatCannotBeReadSaysWhy() throws Exception {
    byte[] gz = compress(Compression.GZ);
    assertUnreadable(Arrays.copyOf(gz, 30), "1.a.h:2,", "compressed (gzip), and is cut off");
    byte[] bz2 = compress(Compression.BZ2);
    bz2[20] ^= 1;
    assertUnreadable(bz2, "1.a.h:2,", "compressed (bzip2), and is damaged");
    byte[] twice = compress(Compression.ZSTD, gz);
    assertUnreadable(twice, "1.a.h:2,", "compressed, and what is in it is, too");
    byte[] crypted = Arrays.copyOf("CRYPTED\u0003\u0007\u0002".getBytes(), 4000);
    String encrypted = "encrypted (mail_crypt), and only Dovecot can read it";
    assertUnreadable(crypted, "1.a.h:2,", encrypted);
    assertUnreadable(compress(Compression.ZSTD, crypted), "1.a.h:2,", encrypted);
    byte[] lz4 = compress(Compression.LZ4);
    byte[] oneChunk = Arrays.copyOf(lz4, 19 + 4 + (lz4[21] & 0xff) * 256 + (lz4[22] & 0xff));
    String name = "1.a.h,S=" + TEXT.length() + ":2,";
    String reason = "compressed (LZ4), and not as long as its name says";
    Path file = put("cur/" + name, oneChunk);
    try (Mailbox inbox = tree.inbox()) {
      Mail mail = only(inbox);
      assertThatThrownBy(() -> read(mail)).hasMessageContaining(name + " (UID 1) is " + reason);
      assertThatThrownBy(mail::virtualSize).hasMessageContaining(reason);
    }
    Files.delete(file);
    tree.compression = new CompressionRules(Optional.empty(), 0, 1 << 20);
    byte[] bomb = compress(Compression.XZ, ("Subject: x\n\n" + "\0".repeat(2 << 20)).getBytes());
    put("cur/2.a.h:2,", bomb);
    try (Mailbox inbox = tree.inbox()) {
      Mail mail = only(inbox);
      assertThatThrownBy(mail::physicalSize)
          .isInstanceOf(MailFailure.class)
          .hasMessageEndingWith(
              "is compressed (xz), and inflates to more than 1 MiB (mail_inflate_limit)");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"BZh91AY&SY: x\nSubject: y\n\n", "CRYPTED: yes\nSubject: y\n\n"})
  void aHeaderMayBeginWithTheSameLetters(String plain) throws Exception {
    tree.mail("cur/1.a.h:2,", plain);
    try (Mailbox inbox = tree.inbox()) {
      assertThat(read(only(inbox))).isEqualTo(plain);
      assertThat(only(inbox).physicalSize()).isEqualTo(plain.length());
    }
    save(plain.getBytes(StandardCharsets.US_ASCII));
    assertThat(files("new")).hasSize(1);
  }

  /** As one of 256 is: its checksum stands behind ten letters. */
  @Test
  void whatBzip2HasCompressedMayBeginLikeAHeader() throws Exception {
    String text = "";
    byte[] compressed = new byte[11];
    for (int i = 0; compressed[10] != ':'; i++) {
      text = "Subject: %d\n\nx\n".formatted(i);
      compressed = compress(Compression.BZ2, text.getBytes(StandardCharsets.US_ASCII));
    }
    put("cur/1.a.h:2,", compressed);
    try (Mailbox inbox = tree.inbox()) {
      assertThat(read(only(inbox))).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"maildir:User quota", "count:User quota"})
  void quotaCountsWhatMailsWereBeforeTheyWereCompressed(String driver) throws Exception {
    tree.quota = QuotaRules.of(driver, List.of("*:storage=1G")).orElseThrow();
    put("cur/1.a.h:2,", compress(Compression.XZ));
    byte[] damaged = Arrays.copyOf(compress(Compression.GZ), 100);
    put("cur/2.a.h:2,", damaged);
    long counted = driver.startsWith("count") ? VIRTUAL : TEXT.length();
    try (MailStore store = tree.open()) {
      assertThat(store.quota(tree.quota).bytes()).isEqualTo(counted + damaged.length);
    }
  }
}
