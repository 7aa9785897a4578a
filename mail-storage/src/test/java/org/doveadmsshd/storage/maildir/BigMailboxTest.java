package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.MemoryTurns;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.storage.Delivery;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Mailboxes that memory hardly has room for, or not at all. */
@Timeout(120)
class BigMailboxTest {
  private static final int MAILS = 6_000;
  private static final long MB = 1 << 20;

  @TempDir Path home;
  private MaildirTree tree;
  private MemoryBudget budget;

  @BeforeEach
  void makeMails() throws IOException {
    tree = new MaildirTree(home);
    fill(tree.root, MAILS);
    memory(MAILS * 120L + MemoryBudget.PIECE);
  }

  @AfterEach
  void nothingIsHeldInTheEnd() {
    assertThat(budget.all().held()).isZero();
  }

  private void memory(long bytes) {
    budget = new MemoryBudget(bytes);
    tree.memory = new MemoryTurns(budget.all(), "; buy more");
  }

  /** Further names of one file. */
  private static void fill(Path mailbox, int mails) throws IOException {
    Path first = null;
    for (int i = 0; i < mails; i++) {
      Path file =
          mailbox.resolve(
              "cur/%d.M%06dP12345.mail.example.org,S=4321:2,S".formatted(1_700_000_000 + i, i));
      if (i % 10_000 == 0) {
        first = Files.writeString(file, "Subject: one of many\n\nbody\n");
      } else {
        Files.createLink(file, first);
      }
    }
  }

  @Test
  void mailsOfLessThan120BytesEachHaveRoom() throws Exception {
    for (boolean numbered : new boolean[] {false, true, true}) {
      try (Mailbox inbox = tree.inbox()) {
        List<? extends Mail> mails = inbox.mails(numbered);
        assertThat(mails).hasSize(MAILS);
        assertThat(budget.all().held()).isLessThan(MAILS * 100L);
        if (numbered) {
          assertThat(mails.get(4999).uid()).isEqualTo(5000);
          assertThat(mails.get(4999).guid()).startsWith("1700004999.");
        }
      }
    }
  }

  @Test
  void whatNeverFitsIsRefusedWithTheNameOfTheMailboxAndNothingIsChanged() throws Exception {
    memory(MAILS * 40L);
    try (Mailbox inbox = tree.inbox()) {
      assertThatThrownBy(() -> inbox.mails(true))
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE))
          .hasMessageContaining("Mailbox INBOX")
          .hasMessageEndingWith("; buy more");
      assertThatThrownBy(inbox::resync).hasMessageContaining("Mailbox INBOX");
      try (Delivery delivery = inbox.deliver()) {
        save(delivery);
        assertThatThrownBy(delivery::commit).hasMessageContaining("Mailbox INBOX");
      }
    }
    assertThat(tree.root.resolve("dovecot-uidlist")).doesNotExist();
    assertThat(tree.root.resolve("tmp")).isEmptyDirectory();
  }

  private static void save(Delivery delivery) throws Failure {
    byte[] mail = "Subject: new\n\nbody\n".getBytes(StandardCharsets.US_ASCII);
    Delivery.About about =
        new Delivery.About(
            new Flags(0, List.of()), OptionalLong.empty(), Optional.empty(), OptionalLong.empty());
    delivery.save(new ByteArrayInputStream(mail), about);
  }

  @Test
  void anEstimateThatIsTooLowIsPutRight() throws Exception {
    Files.writeString(
        tree.root.resolve("dovecot-uidlist"), "3 V1 N1 G0123456789abcdef0123456789abcdef\n");
    MemoryTurns.Holder other = tree.memory.holder();
    assertThat(other.take(MAILS * 80L, 0, () -> {})).isTrue();
    tree.lockPatience = Duration.ZERO;
    Thread reader = Thread.currentThread();
    try (Mailbox inbox = tree.inbox()) {
      Thread ending =
          new Thread(
              () -> {
                // until the mails take what is left, or have given it back and wait for more
                while (budget.all().held() < MAILS * 81L
                    && reader.getState() != Thread.State.TIMED_WAITING) {
                  Thread.onSpinWait();
                }
                other.close();
              });
      ending.start();
      assertThat(inbox.mails(true)).hasSize(MAILS);
      ending.join();
    }
  }

  @Test
  void ofTwoBigOnesTheSecondWaitsForTheFirst() throws Exception {
    MailStore first = tree.open();
    Mailbox mailbox = first.find("INBOX").orElseThrow();
    assertThat(mailbox.mails(true)).hasSize(MAILS);
    int[] found = new int[1];
    Thread second =
        new Thread(
            () -> {
              try (Mailbox inbox = tree.inbox()) {
                found[0] = inbox.mails(true).size();
              } catch (Failure e) {
                found[0] = -1;
              }
            });
    second.start();
    while (second.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    assertThat(found[0]).isZero();
    mailbox.close();
    second.join();
    assertThat(found[0]).isEqualTo(MAILS);
    first.close();
  }

  @Test
  void aCopyOfAllIntoAnotherMailboxHasRoomForBoth() throws Exception {
    tree.mailbox(".Other");
    memory(MAILS * 240L);
    try (MailStore store = tree.open();
        Mailbox inbox = store.find("INBOX").orElseThrow();
        Mailbox other = store.find("Other").orElseThrow();
        Delivery delivery = other.deliver()) {
      for (Mail mail : inbox.mails(true).subList(0, 100)) {
        delivery.copy(mail);
      }
      assertThat(delivery.commit()).isEqualTo(100);
      assertThat(other.mails(true)).hasSize(100);
    }
  }
}
