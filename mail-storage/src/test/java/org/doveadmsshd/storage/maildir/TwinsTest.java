package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.posix.SystemCalls;
import org.doveadmsshd.storage.Delivery;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two files with the base of one mail are two mails, and neither is lost. */
class TwinsTest {
  private static final String BASE = "1780000001.M1P1.h,S=14,W=17";

  @TempDir Path home;
  private MaildirTree tree;

  @BeforeEach
  void twoFilesOfOneBase() throws Exception {
    tree = new MaildirTree(home);
    tree.mail("cur/" + BASE + ":2,S", "Subject: 1\n\n1\n");
    try (Mailbox mailbox = tree.inbox()) {
      mailbox.mails(true);
    }
    Thread.sleep(20); // so that which one came later can be told
    tree.mail("cur/" + BASE + ":2,FS", "Subject: 2\n\n2\n");
  }

  @AfterEach
  void stopObserving() {
    SystemCalls.observe(null);
    SystemCalls.observeReads(null);
  }

  /** Contents by UID. */
  private Map<Long, String> mails() throws Failure, IOException {
    Map<Long, String> mails = new TreeMap<>();
    try (Mailbox mailbox = tree.inbox()) {
      for (Mail mail : mailbox.mails(true)) {
        mails.put(mail.uid(), text(mail));
      }
    }
    return mails;
  }

  private static String text(Mail mail) throws Failure, IOException {
    try (InputStream in = mail.open()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).substring(9, 10);
    }
  }

  @Test
  void bothAreShownAndTheOneThatCameLaterGetsAUidOfItsOwn() throws Exception {
    assertThat(mails()).isEqualTo(Map.of(1L, "1", 2L, "2"));
    assertThat(tree.warnings).hasSize(1);
    assertThat(tree.warnings.get(0)).contains("Mailbox INBOX", BASE, "a mail of its own");
    try (Mailbox mailbox = tree.inbox()) {
      List<? extends Mail> mails = mailbox.mails(true);
      assertThat(mails.get(0).storageId()).isEqualTo(BASE);
      assertThat(mails.get(1).flags().has(Flag.FLAGGED)).isTrue();
      assertThat(mails.get(1).virtualSize()).isEqualTo(17);
    }
    assertThat(mails()).as("for good").isEqualTo(Map.of(1L, "1", 2L, "2"));
  }

  @Test
  void whoAsksForNoUidsSeesBoth() throws Exception {
    try (Mailbox mailbox = tree.inbox()) {
      assertThat(mailbox.mails(false)).hasSize(2);
    }
  }

  @Test
  void oneInNewAndOneInCurAreTwoMails() throws Exception {
    tree.mail("new/" + BASE, "Subject: 3\n\n3\n");
    assertThat(mails().values()).containsExactlyInAnyOrder("1", "2", "3");
  }

  @Test
  void noUidIsUsedForAnotherMailWhenOneIsExpunged() throws Exception {
    try (Mailbox mailbox = tree.inbox()) {
      mailbox.mails(true).get(0).expunge();
    }
    assertThat(mails()).isEqualTo(Map.of(2L, "2"));
  }

  @Test
  void aChangeOfFlagsNeverReplacesATwinThatComesMeanwhile() throws Exception {
    mails();
    try (Mailbox mailbox = tree.inbox()) {
      Mail mail = mailbox.mails(true).get(0);
      SystemCalls.observe(
          (call, name) -> {
            if (call.equals("rename") && name.contains(BASE)) {
              SystemCalls.observe(null);
              try {
                tree.mail("cur/" + BASE + ":2,", "Subject: 3\n\n3\n");
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            }
            return 0;
          });
      Map<Mail, Flags> changes = new LinkedHashMap<>();
      changes.put(mail, Flags.NONE);
      try {
        mailbox.setFlags(changes);
      } catch (Failure e) {
        assertThat(e).hasMessageContaining(BASE);
      }
    }
    assertThat(mails().values()).containsExactlyInAnyOrder("1", "2", "3");
  }

  @Test
  void whatIsDeliveredTakesNoNameOfATwin() throws Exception {
    tree.mailbox(".Other");
    tree.mail(".Other/new/" + BASE, "Subject: 3\n\n3\n");
    try (MailStore store = tree.open();
        Mailbox inbox = store.find("INBOX").orElseThrow();
        Mailbox other = store.find("Other").orElseThrow();
        Delivery delivery = inbox.deliver()) {
      delivery.move(other.mails(true).get(0));
      assertThat(delivery.commit()).isEqualTo(1);
    }
    assertThat(mails().values()).containsExactlyInAnyOrder("1", "2", "3");
  }

  @Test
  void severalNamesOfOneFileAreOneMail() throws Exception {
    Path first = tree.root.resolve("cur/" + BASE + ":2,S");
    Files.delete(tree.root.resolve("cur/" + BASE + ":2,FS"));
    Files.createLink(tree.root.resolve("new/" + BASE), first);
    assertThat(mails()).isEqualTo(Map.of(1L, "1"));
    assertThat(tree.warnings).isEmpty();
  }

  @Test
  void whatCannotBePartedFailsWithItsNameAndNothingIsDoneToEither() throws Exception {
    SystemCalls.observe((call, name) -> call.equals("rename") ? 30 : 0); // EROFS
    try (Mailbox mailbox = tree.inbox()) {
      assertThatThrownBy(() -> mailbox.mails(false))
          .isInstanceOfSatisfying(
              Failure.class,
              failure -> assertThat(failure.outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE))
          .hasMessageContaining("Mailbox INBOX: two files have the name " + BASE)
          .hasMessageContaining(BASE + ":2,FS cannot get another name: Read-only");
    }
    SystemCalls.observe(null);
    assertThat(mails()).isEqualTo(Map.of(1L, "1", 2L, "2"));
  }

  @Test
  void theUidStaysWithItsMailWhenThatHasGotAFlagMeanwhile() throws Exception {
    Path first = tree.root.resolve("cur/" + BASE + ":2,S");
    Assumptions.assumeTrue(tellsWhenFilesWereMade(first), "the file system does not say");
    Thread.sleep(20); // so that its change time is the later one
    Files.move(first, tree.root.resolve("cur/" + BASE + ":2,RS"));
    assertThat(mails()).isEqualTo(Map.of(1L, "1", 2L, "2"));
  }

  private static boolean tellsWhenFilesWereMade(Path file) throws Exception {
    String[] command = {"stat", "-c", "%W", file.toString()};
    Process stat = new ProcessBuilder(command).start();
    String said = new String(stat.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    return stat.waitFor() == 0 && !said.equals("0") && !said.equals("-") && !said.equals("?");
  }

  @Test
  void theUidStaysWithTheMailWhoseSizeTheNameSays() throws Exception {
    Path first = tree.root.resolve("cur/" + BASE + ":2,S");
    Files.writeString(first, "Subject: 1, which somebody has changed\n\n1\n");
    assertThat(mails()).isEqualTo(Map.of(1L, "2", 2L, "1"));
  }

  @Test
  void severalNamesOfATwinAreOneMail() throws Exception {
    Path second = tree.root.resolve("cur/" + BASE + ":2,FS");
    Files.createLink(tree.root.resolve("cur/" + BASE + ":2,F"), second);
    assertThat(mails()).isEqualTo(Map.of(1L, "1", 2L, "2"));
  }

  @Test
  void filesDoNotChangeWhileTheyArePartedButForTheirNames() throws Exception {
    mails();
    try (Stream<Path> files = Files.walk(tree.root)) {
      List<String> contents =
          files
              .filter(file -> file.toString().matches(".*/(cur|new)/.*"))
              .map(TwinsTest::read)
              .sorted()
              .toList();
      assertThat(contents).containsExactly("Subject: 1\n\n1\n", "Subject: 2\n\n2\n");
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void howManyTwinsThereAreDoesNotMatterToHowOftenDirectoriesAreListed() throws Exception {
    for (int i = 0; i < 50; i++) {
      tree.mail("cur/1780000002.M" + i + "P1.h:2,S", "Subject: one\n\n1\n");
      tree.mail("cur/1780000002.M" + i + "P1.h:2,FS", "Subject: other\n\n2\n");
    }
    int[] listed = new int[1];
    SystemCalls.observeReads(
        (call, name) -> {
          listed[0] += call.equals("list") ? 1 : 0;
          return 0;
        });
    assertThat(mails()).hasSize(102);
    assertThat(listed[0]).isBetween(1, 20);
  }
}
