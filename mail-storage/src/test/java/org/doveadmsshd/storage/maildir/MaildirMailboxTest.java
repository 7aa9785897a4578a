package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.posix.Host;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailGoneException;
import org.doveadmsshd.storage.Mailbox;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaildirMailboxTest {
  private static final String MAIL = "Subject: x\n\nbody\n";

  @TempDir Path home;
  private MaildirTree tree;

  @BeforeEach
  void makeTree() throws IOException {
    tree = new MaildirTree(home);
  }

  private List<? extends Mail> numbered() throws Failure {
    return tree.inbox().mails(true);
  }

  @Test
  void newMailsGetUidsInTheOrderOfTheirDelivery() throws Exception {
    tree.mail("new/1700000002.M1P1.h", MAIL);
    tree.mail("cur/1700000001.M20P1.h:2,S", MAIL);
    tree.mail("cur/1700000001.M3P1.h:2,", MAIL);
    assertThat(numbered().stream().map(Mail::guid).toList())
        .containsExactly("1700000001.M3P1.h", "1700000001.M20P1.h", "1700000002.M1P1.h");
    assertThat(tree.uidList())
        .matches(
            "3 V[0-9]{10} N1 G[0-9a-f]{32}\n1 :1700000001.M3P1.h\n"
                + "2 :1700000001.M20P1.h\n3 :1700000002.M1P1.h\n");
    assertThat(tree.root.resolve("dovecot-uidlist.lock")).doesNotExist();
  }

  @Test
  void uidsStayAndNewOnesAreAppended() throws Exception {
    tree.mail("cur/1.a:2,S", MAIL);
    long first = numbered().get(0).uid();
    String before = tree.uidList();
    tree.mail("new/2.b", MAIL);
    assertThat(numbered()).extracting(Mail::uid).containsExactly(first, first + 1);
    assertThat(tree.uidList()).startsWith(before).endsWith("2 :2.b\n");
  }

  @Test
  void uidsAreNotUsedAgainAfterTheirMailIsGone() throws Exception {
    tree.mail("cur/1.a:2,S", MAIL);
    numbered().get(0).expunge();
    tree.mail("cur/2.b:2,S", MAIL);
    assertThat(numbered()).extracting(Mail::uid).containsExactly(2L);
  }

  @Test
  void withoutNumbersNothingIsWritten() throws Exception {
    tree.mail("new/1.a", MAIL);
    assertThat(tree.inbox().mails(false)).hasSize(1);
    assertThat(tree.root.resolve("dovecot-uidlist")).doesNotExist();
  }

  @Test
  void aDamagedUidListStopsWhatNeedsUidsAndIsLeftAsItIs() throws Exception {
    tree.mail("cur/1.a:2,S", MAIL);
    for (String damaged : List.of("", "garbage\n")) {
      Files.writeString(tree.root.resolve("dovecot-uidlist"), damaged);
      assertThatThrownBy(this::numbered)
          .isInstanceOf(Failure.class)
          .hasMessageContaining("damaged");
      assertThat(tree.uidList()).isEqualTo(damaged);
      assertThat(tree.inbox().mails(false)).hasSize(1);
    }
  }

  @Test
  void aListWhoseLastLineWasCutOffIsWrittenAnewWithoutLoss() throws Exception {
    tree.mail("cur/1.a:2,S", MAIL);
    numbered();
    Files.writeString(tree.root.resolve("dovecot-uidlist"), tree.uidList() + "2 :2.");
    tree.mail("cur/2.b:2,S", MAIL);
    assertThat(numbered()).extracting(Mail::uid).containsExactly(1L, 3L);
    assertThat(tree.uidList()).endsWith("1 :1.a\n3 :2.b\n");
  }

  @Test
  void flagsAndKeywordsComeFromTheNameWhereverTheMailLies() throws Exception {
    Files.writeString(tree.root.resolve("dovecot-keywords"), "0 $Forwarded\n2 Junk\n");
    tree.mail("cur/1.a:2,FRSacz", MAIL);
    tree.mail("new/2.b:2,S", MAIL);
    Files.writeString(
        tree.root.resolve("dovecot-uidlist"), "3 V1 N3 G" + "0".repeat(32) + "\n1 :1.a\n2 :2.b\n");
    assertThat(numbered().get(0).flags().toString())
        .isEqualTo("\\Answered \\Flagged \\Seen $Forwarded Junk unknown-25");
    assertThat(numbered().get(1).flags().has(Flag.SEEN)).isTrue();
    assertThat(numbered().get(1).flags().has(Flag.RECENT)).isTrue();
    assertThat(numbered().get(0).flags().hasKeyword("JUNK")).isTrue();
  }

  @Test
  void sizesComeFromTheNameElseFromTheFile() throws Exception {
    tree.mail("cur/1.a,S=7,W=9:2,", MAIL);
    tree.mail("cur/2.b,S=7x,W=:2,", MAIL);
    List<? extends Mail> mails = numbered();
    assertThat(mails.get(0).physicalSize()).isEqualTo(7);
    assertThat(mails.get(0).virtualSize()).isEqualTo(9);
    assertThat(mails.get(1).physicalSize()).isEqualTo(MAIL.length());
    assertThat(mails.get(1).virtualSize()).isEqualTo(MAIL.length() + 3);
  }

  @Test
  void receivedIsTheModificationTimeAndSavedTheChangeTime() throws Exception {
    long before = System.currentTimeMillis() / 1000;
    tree.mail("cur/1.a:2,", MAIL);
    Mail mail = numbered().get(0);
    assertThat(mail.received()).isEqualTo(1_700_000_000L);
    assertThat(mail.saved()).isBetween(before, System.currentTimeMillis() / 1000);
  }

  @Test
  void aMailIsFoundAgainAfterItsFlagsWereChanged() throws Exception {
    Path file = tree.mail("new/1.a", MAIL);
    Mail mail = tree.inbox().mails(false).get(0);
    Files.move(file, tree.root.resolve("cur/1.a:2,S"));
    try (var in = mail.open()) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.US_ASCII)).isEqualTo(MAIL);
    }
    mail.expunge();
    assertThat(tree.root.resolve("cur")).isEmptyDirectory();
  }

  @Test
  void aMailThatIsGoneIsSaidToBeGone() throws Exception {
    Path file = tree.mail("cur/1.a:2,S", MAIL);
    Mail mail = tree.inbox().mails(false).get(0);
    Files.delete(file);
    assertThatThrownBy(mail::open).isInstanceOf(MailGoneException.class);
    assertThatThrownBy(mail::expunge).isInstanceOf(MailGoneException.class);
  }

  @Test
  void whatIsNoRegularFileIsNoMail() throws Exception {
    Path outside = Files.writeString(home.resolve("secret"), "secret");
    Files.createSymbolicLink(tree.root.resolve("cur/1.link:2,S"), outside);
    Files.createDirectory(tree.root.resolve("cur/2.dir:2,S"));
    Files.createFile(tree.root.resolve("cur/.hidden"));
    new ProcessBuilder("mkfifo", tree.root.resolve("cur/3.fifo:2,S").toString()).start().waitFor();
    assertThat(numbered()).isEmpty();
  }

  @Test
  void aMailThatBecomesAFifoDoesNotHangUs() throws Exception {
    Path file = tree.mail("cur/1.a:2,S", MAIL);
    Mail mail = tree.inbox().mails(false).get(0);
    Files.delete(file);
    new ProcessBuilder("mkfifo", file.toString()).start().waitFor();
    try (InputStream in = mail.open()) {
      assertThatThrownBy(in::read).hasMessageContaining("no regular file");
    }
  }

  @Test
  void namesThatAreNotUtf8AreReadListedAndExpunged() throws Exception {
    String script = "printf 'Subject: x\\n\\n' > \"$1\"/cur/\"$(printf '1.\\374\\377:2,S')\"";
    new ProcessBuilder("sh", "-c", script, "sh", tree.root.toString()).start().waitFor();
    Mail mail = numbered().get(0);
    assertThat(mail.physicalSize()).isEqualTo(12);
    byte[] list = Files.readAllBytes(tree.root.resolve("dovecot-uidlist"));
    assertThat(new String(list, StandardCharsets.ISO_8859_1)).endsWith("1 :1.\u00fc\u00ff\n");
    mail.expunge();
    assertThat(tree.root.resolve("cur")).isEmptyDirectory();
  }

  @Test
  void theLockOfALivingProcessIsNeverOverridden() throws Exception {
    tree.mail("new/1.a", MAIL);
    Path lock = tree.root.resolve("dovecot-uidlist.lock");
    Process living = new ProcessBuilder("sleep", "60").start();
    try {
      Files.writeString(lock, living.pid() + ":" + Host.name());
      Files.setLastModifiedTime(lock, FileTime.fromMillis(0));
      tree.lockPatience = Duration.ofMillis(300);
      assertThatThrownBy(this::numbered)
          .isInstanceOf(Failure.class)
          .hasMessageContaining("locked by " + living.pid());
      assertThat(lock).exists();
    } finally {
      living.destroy();
    }
  }

  @Test
  void theLockOfADeadProcessIsOverriddenWhenItIsTwoSecondsOld() throws Exception {
    tree.mail("new/1.a", MAIL);
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    Path lock = tree.root.resolve("dovecot-uidlist.lock");
    Files.writeString(lock, dead.pid() + ":" + Host.name());
    tree.lockPatience = Duration.ofMillis(300);
    assertThatThrownBy(this::numbered).hasMessageContaining("locked");
    Files.setLastModifiedTime(lock, FileTime.fromMillis(System.currentTimeMillis() - 3000));
    assertThat(numbered()).hasSize(1);
    assertThat(lock).doesNotExist();
  }

  @Test
  void theLockOfAnotherHostIsOverriddenAfterTwoMinutesOnly() throws Exception {
    tree.mail("new/1.a", MAIL);
    Path lock = tree.root.resolve("dovecot-uidlist.lock");
    Files.writeString(lock, "1:some.other.host");
    Files.setLastModifiedTime(lock, FileTime.fromMillis(System.currentTimeMillis() - 100_000));
    tree.lockPatience = Duration.ofMillis(300);
    assertThatThrownBy(this::numbered).hasMessageContaining("some.other.host");
    Files.setLastModifiedTime(lock, FileTime.fromMillis(System.currentTimeMillis() - 130_000));
    assertThat(numbered()).hasSize(1);
  }

  @Test
  void manyAtOnceGiveEveryMailOneUid() throws Exception {
    for (int i = 0; i < 50; i++) {
      tree.mail("new/%d.mail".formatted(i), MAIL);
    }
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Callable<List<Long>>> jobs = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      jobs.add(() -> numbered().stream().map(Mail::uid).toList());
    }
    Set<List<Long>> answers = new TreeSet<>((a, b) -> a.toString().compareTo(b.toString()));
    for (Future<List<Long>> future : threads.invokeAll(jobs)) {
      answers.add(future.get());
    }
    threads.shutdown();
    assertThat(answers).hasSize(1);
    assertThat(tree.uidList().lines()).hasSize(51);
  }

  @Test
  void filesWeMakeHaveTheModeOfTheMailbox() throws Exception {
    Files.setPosixFilePermissions(tree.root, PosixFilePermissions.fromString("rwxrwx---"));
    tree.mail("new/1.a", MAIL);
    numbered();
    assertThat(Files.getPosixFilePermissions(tree.root.resolve("dovecot-uidlist")))
        .isEqualTo(PosixFilePermissions.fromString("rw-rw----"));
  }

  @Test
  void twoMailboxesOfAUserNeverGetTheSameUidValidity() throws Exception {
    tree.mailbox(".Other");
    Mailbox.Identifiers inbox = tree.inbox().identifiers();
    Mailbox.Identifiers other = tree.open().find("Other").orElseThrow().identifiers();
    assertThat(other.uidValidity()).isEqualTo(inbox.uidValidity() + 1);
    assertThat(Files.readString(tree.root.resolve("dovecot-uidvalidity")))
        .isEqualTo("%08x".formatted(other.uidValidity()));
  }
}
