package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.storage.Delivery;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.QuotaUsage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The file {@code maildirsize} is believed and counted anew where Debian's Dovecot 2.3.19 does so.
 */
class MaildirSizeTest {
  private static final String MAIL = "Subject: x\n\nx\n";

  @TempDir Path home;
  private MaildirTree tree;
  private Path file;

  @BeforeEach
  void oneMail() throws IOException {
    tree = new MaildirTree(home);
    tree.mail("cur/1.a:2,", MAIL);
    file = tree.root.resolve("maildirsize");
    quota("*:storage=10M");
  }

  private void quota(String... rules) {
    tree.quota = QuotaRules.of("maildir:User quota", List.of(rules)).orElseThrow();
  }

  private QuotaUsage usage() throws Failure {
    try (MailStore store = tree.open()) {
      return store.quota(tree.quota);
    }
  }

  /** A slash for the end of a line, ^ for CR. */
  private void write(String written, int age) throws IOException {
    Files.writeString(file, written.replace('/', '\n').replace('^', '\r'));
    long then = System.currentTimeMillis() - 1000L * age;
    Files.setLastModifiedTime(file, FileTime.fromMillis(then));
  }

  @ParameterizedTest
  @CsvSource({
    "10485760S/102400 5/, 0, 102400, 5",
    "10485760S/102400 5/-1024 -1/, 0, 101376, 4",
    "10485760S/102400 5/+1024 +1/, 0, 103424, 6",
    "10485760S/  102400  5/, 0, 102400, 5",
    "10485760S/102400 5^/, 0, 102400, 5",
    "10485760S/102400 5/, 100000, 102400, 5",
    "10485760S/20000000 5/, 800, 20000000, 5",
    "10485760S/10485760 5/0 0/, 1000, 10485760, 5",
    "10485760S/0 0/, 0, 0, 0",
  })
  void theSumOfItsLinesIsBelieved(String written, int age, long bytes, long messages)
      throws Exception {
    write(written, age);
    String before = Files.readString(file);
    assertThat(usage())
        .isEqualTo(new QuotaUsage("User quota", bytes, messages, 10 * 1024 * 1024, 0));
    assertThat(file).hasContent(before);
  }

  @ParameterizedTest
  @CsvSource({
    "'', 0",
    "/, 0",
    "/102400 5/, 0",
    "10485760S/, 0",
    "10485760S//, 0",
    "10485760S/102400 5//, 0",
    "10485760S/102400 5/x y/, 0",
    "10485760S/102400/, 0",
    "5S/102400 5/, 0",
    "'10485760S,5C/102400 5/', 0",
    "10485760S^/102400 5/, 0",
    "10485760/102400 5/, 0",
    "10485760S/-5 1/, 0",
    "10485760S/102400 -1/, 0",
    "10485760S/102400 5/-200000 -1/, 0",
    "10485760S/20000000 5/1 1/, 0",
    "10485760S/20000000 5/1 1/1 1/1 1/, 0",
    "10485760S/20000000 5/, 1000",
  })
  void whatIsDamagedOrOutOfDateOrAboveTheLimitIsCountedAnew(String written, int age)
      throws Exception {
    write(written, age);
    assertThat(usage()).isEqualTo(new QuotaUsage("User quota", 14, 1, 10 * 1024 * 1024, 0));
    assertThat(file).hasContent("10485760S\n14 1\n");
  }

  @Test
  void aFileIsCountedAnewBeforeItGrowsBeyondFiveKilobytes() throws Exception {
    write("10485760S/0 0/" + "1024 1/".repeat(728), 0);
    assertThat(Files.size(file)).isEqualTo(5110);
    assertThat(usage().messages()).isEqualTo(728);
    write("10485760S/0 0/" + "1024 1/".repeat(730), 0);
    assertThat(usage().messages()).isEqualTo(1);
    assertThat(file).hasContent("10485760S\n14 1\n");
  }

  @ParameterizedTest
  @CsvSource({
    "*:storage=10M:messages=7, '10485760S,7C'",
    "*:messages=7, 7C",
    "*:storage=10M, 10485760S",
    "*:bytes=1, 1S"
  })
  void theFirstLineSaysTheLimits(String rule, String limits) throws Exception {
    quota(rule);
    assertThat(usage().messages()).isEqualTo(1);
    assertThat(file).hasContent(limits + "\n14 1\n");
    write(limits + "/100 2/", 0);
    quota(rule + ":messages=9");
    assertThat(usage().messages()).as("with another limit").isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "7C/102400 9/, 0, 9",
    "7C/102400 9/, 1000, 1",
    "7C/102400 9/1 1/, 0, 1",
    "7C/102400 7/1 0/, 1000, 7"
  })
  void tooManyMailsAreAboveTheLimitLikeTooManyBytes(String written, int age, long messages)
      throws Exception {
    quota("*:messages=7");
    write(written, age);
    assertThat(usage().messages()).isEqualTo(messages);
  }

  @Test
  void anAddedMailIsALineMoreAndTheRestOfTheFileStays() throws Exception {
    write("10485760S/102400 5/", 0);
    try (MailStore store = tree.open()) {
      save(store, "INBOX");
      try (Mailbox inbox = store.find("INBOX").orElseThrow()) {
        inbox.mails(true).get(0).expunge();
      }
    }
    assertThat(file).hasContent("10485760S\n102400 5\n14 1\n-14 -1\n");
  }

  @Test
  void mailsOfOneDeliveryAreOneLine() throws Exception {
    write("10485760S/102400 5/", 0);
    try (MailStore store = tree.open();
        Mailbox inbox = store.find("INBOX").orElseThrow();
        Delivery delivery = inbox.deliver()) {
      for (int i = 0; i < 3; i++) {
        delivery.save(content(), Delivery.About.NEW);
      }
      delivery.commit();
    }
    assertThat(file).hasContent("10485760S\n102400 5\n42 3\n");
  }

  @Test
  void withoutTheFileNothingIsNotedUntilItIsAskedFor() throws Exception {
    quota("*:ignore");
    try (MailStore store = tree.open()) {
      save(store, "INBOX");
      assertThat(file).doesNotExist();
      assertThat(store.quota(tree.quota).messages()).isEqualTo(2);
    }
    assertThat(file).hasContent("0S\n28 2\n");
  }

  @Test
  void anIgnoredMailboxIsNotCounted() throws Exception {
    quota("*:storage=10M", "Box:ignore");
    tree.mailbox(".Box");
    tree.mail(".Box/cur/2.b:2,", MAIL + MAIL);
    try (MailStore store = tree.open()) {
      store.recalculateQuota();
      assertThat(file).hasContent("10485760S\n14 1\n");
      save(store, "Box");
      assertThat(file).hasContent("10485760S\n14 1\n");
      assertThat(store.quota(QuotaRules.of("maildir:x", List.of("*:storage=10M")).orElseThrow()))
          .isEqualTo(new QuotaUsage("x", 14, 1, 10 * 1024 * 1024, 0));
      assertThat(store.quota(QuotaRules.of("count:x", List.of()).orElseThrow()))
          .as("counted in another way")
          .isEqualTo(new QuotaUsage("x", 4 * 17, 3, 0, 0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"count:User quota", "maildir:User quota"})
  void aMailThatDoesNotFitIsRefusedWithTheNumbers(String quota) throws Exception {
    tree.quota = QuotaRules.of(quota, List.of("*:storage=2k:messages=3")).orElseThrow();
    try (MailStore store = tree.open()) {
      assertThatThrownBy(
              () -> {
                try (Mailbox inbox = store.find("INBOX").orElseThrow();
                    Delivery delivery = inbox.deliver()) {
                  delivery.save(new ByteArrayInputStream(new byte[3 * 1024]), Delivery.About.NEW);
                  delivery.commit();
                }
              })
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.OVER_QUOTA))
          .hasMessage(
              "Quota exceeded (mailbox for user is full): 1 mails with 3 KiB more would make"
                  + " 3 KiB of 2 KiB");
      save(store, "INBOX");
      save(store, "INBOX");
      assertThatThrownBy(() -> save(store, "INBOX")).hasMessageContaining("Quota exceeded");
      assertThat(store.quota(tree.quota).messages()).isEqualTo(3);
    }
    try (Stream<Path> left = Files.list(tree.root.resolve("tmp"))) {
      assertThat(left).isEmpty();
    }
  }

  private static ByteArrayInputStream content() {
    return new ByteArrayInputStream(MAIL.getBytes(StandardCharsets.US_ASCII));
  }

  private static void save(MailStore store, String to) throws Failure {
    try (Mailbox mailbox = store.find(to).orElseThrow();
        Delivery delivery = mailbox.deliver()) {
      delivery.save(content(), Delivery.About.NEW);
      delivery.commit();
    }
  }
}
