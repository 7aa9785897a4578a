package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.doveadmsshd.posix.SystemCalls;
import org.doveadmsshd.storage.Delivery;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A UID that is gone never comes back, whatever files do. */
class ReturningMailTest {
  @TempDir Path home;
  private MaildirTree tree;

  @BeforeEach
  void threeMails() throws Exception {
    tree = new MaildirTree(home);
    tree.mailbox(".Box");
    for (String name : new String[] {"a.host", "b.host", "c.host"}) {
      tree.mail("cur/" + name + ":2,S", "Subject: x\n\nx\n");
    }
    assertThat(uids()).isEqualTo(Map.of("a.host", 1L, "b.host", 2L, "c.host", 3L));
  }

  @AfterEach
  void stopObserving() {
    SystemCalls.observe(null);
  }

  private Map<String, Long> uids() throws Exception {
    Map<String, Long> uids = new TreeMap<>();
    try (Mailbox mailbox = tree.inbox()) {
      for (Mail mail : mailbox.mails(true)) {
        uids.put(mail.storageId(), mail.uid());
      }
    }
    return uids;
  }

  private void expunge(int index) throws Exception {
    try (Mailbox mailbox = tree.inbox()) {
      mailbox.mails(false).stream()
          .filter(mail -> mail.storageId().startsWith("abc".substring(index, index + 1)))
          .findFirst()
          .orElseThrow()
          .expunge();
    }
  }

  @Test
  void aFileThatComesBackAfterAnExpungeGetsANewUid() throws Exception {
    expunge(1);
    tree.mail("cur/b.host:2,S", "Subject: x\n\nx\n");
    assertThat(uids()).isEqualTo(Map.of("a.host", 1L, "c.host", 3L, "b.host", 4L));
  }

  @Test
  void soDoesTheOneThatHadTheLastUid() throws Exception {
    expunge(2);
    tree.mail("new/c.host", "Subject: x\n\nx\n");
    assertThat(uids()).isEqualTo(Map.of("a.host", 1L, "b.host", 2L, "c.host", 4L));
  }

  @Test
  void soDoesOneWhoseOtherNameWentToAnotherMailbox() throws Exception {
    try (MailStore store = tree.open();
        Mailbox inbox = store.find("INBOX").orElseThrow();
        Mailbox box = store.find("Box").orElseThrow();
        Delivery delivery = box.deliver()) {
      delivery.move(inbox.mails(true).get(1));
      delivery.commit();
    }
    tree.mail("cur/b.host:2,S", "Subject: x\n\nx\n");
    assertThat(uids()).isEqualTo(Map.of("a.host", 1L, "c.host", 3L, "b.host", 4L));
  }

  @Test
  void theOthersKeepTheirLinesByteForByte() throws Exception {
    String head = "3 V7 N9 G" + "0".repeat(32) + "\n";
    String list = head + "1 P8 Gx W3 :a.host\n2 :b.host\n5 :gone\n8 O1 :c.host\n";
    Files.writeString(tree.root.resolve("dovecot-uidlist"), list);
    expunge(1);
    assertThat(tree.uidList()).isEqualTo(list.replace("2 :b.host\n", "2 :.2.ost\n"));
  }

  @Test
  void howeverOftenAMailComesBackNoNameStandsInTheListTwice() throws Exception {
    for (int i = 0; i < 12; i++) {
      expunge(1);
      tree.mail("cur/b.host:2,S", "Subject: x\n\nx\n");
      assertThat(uids()).isEqualTo(Map.of("a.host", 1L, "c.host", 3L, "b.host", 4L + i));
    }
    List<String> names =
        tree.uidList().lines().skip(1).map(line -> line.substring(line.indexOf(" :"))).toList();
    assertThat(names).doesNotHaveDuplicates().hasSize(15);
  }

  @Test
  void anExpungeIsDoneEvenIfTheListCannotBeWritten() throws Exception {
    String before = tree.uidList();
    SystemCalls.observe((call, name) -> name.contains("uidlist") ? 28 : 0); // ENOSPC
    expunge(1);
    SystemCalls.observe(null);
    assertThat(tree.uidList()).isEqualTo(before);
    assertThat(tree.warnings).isEmpty();
    assertThat(uids()).isEqualTo(Map.of("a.host", 1L, "c.host", 3L));
  }

  @Test
  void aDamagedListIsLeftAloneByAnExpunge() throws Exception {
    Files.writeString(tree.root.resolve("dovecot-uidlist"), "garbage\n2 :b.host\n");
    expunge(1);
    assertThat(tree.uidList()).isEqualTo("garbage\n2 :b.host\n");
  }

  @Test
  void nobodyIsWaitedForWhoHasTheLockOfTheList() throws Exception {
    Path lock = tree.root.resolve("dovecot-uidlist.lock");
    Files.writeString(lock, "1:another.host");
    tree.lockPatience = java.time.Duration.ZERO;
    expunge(1);
    assertThat(lock).hasContent("1:another.host");
    Files.delete(lock);
    tree.mail("cur/b.host:2,S", "Subject: x\n\nx\n");
    assertThat(uids()).isEqualTo(Map.of("a.host", 1L, "c.host", 3L, "b.host", 4L));
  }

  @Test
  void aListThatIsPutInItsPlaceMeanwhileStaysAsItIs() throws Exception {
    String restored = "3 V7 N9 G" + "0".repeat(32) + "\n7 :a.host\n8 :c.host\n";
    Path other = Files.writeString(tree.root.resolve("restored"), restored);
    SystemCalls.observe(
        (call, name) -> {
          if (call.equals("pwrite")) {
            other.toFile().renameTo(tree.root.resolve("dovecot-uidlist").toFile());
          }
          return 0;
        });
    expunge(1);
    SystemCalls.observe(null);
    assertThat(tree.uidList()).isEqualTo(restored);
    assertThat(other).doesNotExist();
  }

  @Test
  void aCopyOfTheListThatIsAFurtherNameStaysAsItIs() throws Exception {
    Path copy = tree.root.resolve("of-yesterday");
    Files.createLink(copy, tree.root.resolve("dovecot-uidlist"));
    String before = tree.uidList();
    expunge(1);
    assertThat(copy).hasContent(before);
  }

  @Test
  void namesOfFewBytesDoNotGetTheirUidsBackEither() throws Exception {
    String head = "3 V7 N1300 G" + "0".repeat(32) + "\n";
    String list = "1200 :bbb\n1201 :b.\n1202 :bb.h\n1203 :b\n1204 :c.host\n";
    Files.writeString(tree.root.resolve("dovecot-uidlist"), head + list);
    for (String name : List.of("bbb", "b.", "bb.h", "b")) {
      Files.writeString(tree.root.resolve("cur/" + name + ":2,S"), "Subject: x\n\nx\n");
    }
    for (int i = 0; i < 5; i++) { // b.host, too
      expunge(1);
    }
    String left = head + "1200 :.xc\n1201 :b.\n1202 :.0xe\n1203 :b\n1204 :c.host\n";
    assertThat(tree.uidList()).isEqualTo(left);
  }

  @Test
  void anExpungeMakesNoFilesOfItsOwn() throws Exception {
    List<String> calls = new java.util.ArrayList<>();
    SystemCalls.observe(
        (call, name) -> {
          calls.add(call);
          return 0;
        });
    expunge(1);
    SystemCalls.observe(null);
    assertThat(calls).containsExactly("unlink", "overwrite", "pwrite", "futimens");
  }

  @Test
  void theHolderOfALockDoesNotSeemToWriteWhenWeStrikeALine() throws Exception {
    Path list = tree.root.resolve("dovecot-uidlist");
    FileTime earlier = FileTime.fromMillis(1_700_000_000_000L);
    Files.setLastModifiedTime(list, earlier);
    expunge(1);
    assertThat(tree.uidList()).contains(".2.ost");
    assertThat(Files.getLastModifiedTime(list)).isEqualTo(earlier);
  }

  @Test
  void uidsOfLinesThatAPowerFailureHasZeroedAreNotGivenToOthers() throws Exception {
    String whole = "3 V7 N2 G" + "0".repeat(32) + "\n1 :a.host\n";
    String lost = "2 :c.host\n3 :b.host\n";
    Files.writeString(tree.root.resolve("dovecot-uidlist"), whole + lost.replaceAll("(?s).", "\0"));
    assertThat(uids()).isEqualTo(Map.of("a.host", 1L, "b.host", 4L, "c.host", 5L));
  }
}
