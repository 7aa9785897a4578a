package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.posix.SystemCalls;
import org.doveadmsshd.storage.Delivery;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mailboxes as copies, links, root and other programs leave them. */
class OddMailboxesTest {
  private static final int EACCES = 13;
  private static final String MAIL = "Subject: x\n\nx\n";

  @TempDir Path home;
  private MaildirTree tree;

  @BeforeEach
  void makeTree() throws Exception {
    tree = new MaildirTree(home);
  }

  @AfterEach
  void stopObserving() {
    SystemCalls.observe(null);
  }

  private List<String> names() throws Failure {
    return tree.open().list().stream().map(MailStore.ListedName::name).sorted().toList();
  }

  private List<Long> uids(String name) throws Failure {
    try (MailStore store = tree.open();
        Mailbox mailbox = store.find(name).orElseThrow()) {
      return mailbox.mails(true).stream().map(Mail::uid).toList();
    }
  }

  private static void save(Mailbox mailbox, OptionalLong uid) throws Failure {
    try (Delivery delivery = mailbox.deliver()) {
      Delivery.About about =
          new Delivery.About(Flags.NONE, OptionalLong.empty(), Optional.empty(), uid);
      delivery.save(new ByteArrayInputStream(MAIL.getBytes(StandardCharsets.UTF_8)), about);
      delivery.commit();
    }
  }

  @Test
  void aMailboxWithoutCurIsThereAndWhatIsMissingIsMadeOnUse() throws Exception {
    Files.createDirectories(tree.root.resolve(".Box/new"));
    tree.mail(".Box/new/1.a", MAIL);
    Files.createDirectories(tree.root.resolve(".List"));
    Files.writeString(tree.root.resolve(".List/dovecot-uidlist"), "3 V1 N1 G" + "0a".repeat(16));
    assertThat(names()).containsExactly("Box", "INBOX", "List");
    assertThat(uids("Box")).containsExactly(1L);
    try (MailStore store = tree.open();
        Mailbox mailbox = store.find("Box").orElseThrow()) {
      save(mailbox, OptionalLong.empty());
      assertThat(mailbox.mails(true)).hasSize(2);
      mailbox.mails(true).get(0).expunge();
    }
    assertThat(tree.root.resolve(".Box/cur")).isDirectory();
    assertThat(tree.root.resolve(".Box/tmp")).isDirectory();
    assertThat(uids("Box")).containsExactly(2L);
    tree.open().delete("Box", false, false);
    assertThat(names()).doesNotContain("Box");
  }

  @Test
  void aMailboxThatIsALinkIsToldOfOnceAndFailsByName() throws Exception {
    Files.createDirectories(home.resolve("elsewhere/cur"));
    Files.createSymbolicLink(tree.root.resolve(".Archive"), home.resolve("elsewhere"));
    Files.createSymbolicLink(tree.root.resolve(".gone"), home.resolve("nowhere"));
    Path script = Files.createFile(home.resolve("script"));
    Files.createSymbolicLink(tree.root.resolve(".dovecot.sieve"), script);
    try (MailStore store = tree.open()) {
      store.list();
      store.list();
      assertThat(tree.warnings).hasSize(1);
      assertThat(tree.warnings.get(0)).contains("symbolic link", "Archive");
      assertThatThrownBy(() -> store.find("Archive")).hasMessageContaining("symbolic link");
    }
  }

  @Test
  void aMailDirectoryThatIsALinkFailsWithWhatToDo() throws Exception {
    Path real = home.resolve("real");
    Files.move(tree.root, real);
    Files.createSymbolicLink(tree.root, real);
    assertThatThrownBy(tree::open)
        .hasMessageContaining("symbolic link")
        .hasMessageContaining("absolute path");
  }

  @Test
  void aUidListThatMayOnlyBeReadIsReplaced() throws Exception {
    tree.mail("cur/1.a:2,S", MAIL);
    uids("INBOX");
    tree.mail("new/2.b", MAIL);
    SystemCalls.observe((call, name) -> call.equals("append") ? EACCES : 0);
    assertThat(uids("INBOX")).containsExactly(1L, 2L);
    SystemCalls.observe(null);
    assertThat(uids("INBOX")).containsExactly(1L, 2L);
    assertThat(tree.uidList().lines()).hasSize(3);
  }

  @Test
  void aUidListThatCannotBeReplacedEitherIsNamed() throws Exception {
    tree.mail("cur/1.a:2,S", MAIL);
    uids("INBOX");
    tree.mail("new/2.b", MAIL);
    SystemCalls.observe((call, name) -> name.matches(".*uidlist(.tmp)?") ? EACCES : 0);
    assertThatThrownBy(() -> uids("INBOX")).hasMessageContaining("dovecot-uidlist");
    SystemCalls.observe(null);
    assertThat(uids("INBOX")).containsExactly(1L, 2L);
  }

  @Test
  void theLastUidIsGivenAndAfterItNothingIsDamaged() throws Exception {
    tree.mail("cur/1.a:2,S", MAIL);
    uids("INBOX");
    try (Mailbox mailbox = tree.inbox()) {
      save(mailbox, OptionalLong.of(4294967294L));
    }
    assertThat(uids("INBOX")).containsExactly(1L, 4294967294L);
    String before = tree.uidList();
    tree.mail("new/3.c", MAIL);
    assertThatThrownBy(() -> uids("INBOX")).hasMessageContaining("has used its last UID");
    assertThat(tree.uidList()).isEqualTo(before);
    try (Mailbox mailbox = tree.inbox()) {
      assertThat(mailbox.mails(false)).hasSize(3);
    }
    Files.delete(tree.root.resolve("dovecot-uidlist"));
    assertThat(uids("INBOX")).containsExactly(1L, 2L, 3L);
  }

  @Test
  void mailThatCameIsThereEvenIfItsUidCannotBeNoted() throws Exception {
    tree.mail("cur/1.a:2,S", MAIL);
    uids("INBOX");
    try (Mailbox mailbox = tree.inbox()) {
      SystemCalls.observe(
          (call, name) -> call.equals("append") || name.endsWith("uidlist.tmp") ? EACCES : 0);
      save(mailbox, OptionalLong.of(77));
    }
    SystemCalls.observe(null);
    assertThat(tree.warnings).singleElement().asString().contains("UIDs cannot be noted");
    assertThat(uids("INBOX")).containsExactly(1L, 2L);
  }

  @Test
  void aMailThatCannotBeMovedStaysAndTheOthersCome() throws Exception {
    tree.mailbox(".Box");
    for (int i = 1; i <= 3; i++) {
      tree.mail("cur/" + i + ".a:2,S", MAIL);
    }
    try (MailStore store = tree.open();
        Mailbox inbox = store.find("INBOX").orElseThrow();
        Mailbox box = store.find("Box").orElseThrow();
        Delivery delivery = box.deliver()) {
      for (Mail mail : inbox.mails(true)) {
        delivery.move(mail);
      }
      SystemCalls.observe(
          (call, name) -> call.equals("rename") && name.contains("/2.a") ? EACCES : 0);
      assertThatThrownBy(delivery::commit).hasMessageContaining("mail 2.a:2,S (UID 2): Permission");
      assertThat(delivery.arrived()).isEqualTo(2);
      SystemCalls.observe(null);
    }
    assertThat(uids("INBOX")).containsExactly(2L);
    assertThat(uids("Box")).hasSize(2);
  }

  @Test
  void subscriptionsWhoseLockWasTakenOverAreLeftAlone() throws Exception {
    Path lock = tree.root.resolve("subscriptions.lock");
    Path file = tree.root.resolve("subscriptions");
    tree.open().subscribe(List.of("One"), true);
    String before = Files.readString(file);
    SystemCalls.observe(
        (call, name) -> {
          if (call.equals("fsync") && name.endsWith("subscriptions.lock")) {
            takeOver(lock);
          }
          return 0;
        });
    assertThatThrownBy(() -> tree.open().subscribe(List.of("Two"), true))
        .hasMessageContaining("changed by another program meanwhile");
    SystemCalls.observe(null);
    assertThat(Files.readString(file)).isEqualTo(before);
    assertThat(Files.readString(lock)).as("the other's lock").isEqualTo("theirs");
    Files.setLastModifiedTime(lock, FileTime.fromMillis(System.currentTimeMillis() - 60_000));
    tree.open().subscribe(List.of("Two"), true);
    assertThat(tree.open().subscriptions()).containsExactly("One", "Two");
  }

  private static void takeOver(Path lock) {
    try {
      Files.move(lock, lock.resolveSibling("old"));
      Files.writeString(lock, "theirs");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void mailThatCameIntoADeletedMailboxStaysWhenTheMailboxIsMadeAnewMeanwhile() throws Exception {
    tree.mailbox(".Box");
    tree.mail(".Box/cur/1.a:2,S", MAIL);
    boolean[] done = new boolean[1];
    SystemCalls.observe(
        (call, name) -> {
          if (call.equals("rename") && name.endsWith("/.Box")) {
            make("new/2.b");
          } else if (call.equals("rename") && name.contains("TRASHED") && !done[0]) {
            done[0] = true;
            make("new/3.c");
          }
          return 0;
        });
    assertThatThrownBy(() -> tree.open().delete("Box", false, false))
        .hasMessageContaining("Box has been made anew meanwhile");
    SystemCalls.observe(null);
    Set<String> found = new HashSet<>();
    try (MailStore store = tree.open()) {
      for (String name : names()) {
        try (Mailbox mailbox = store.find(name).orElseThrow()) {
          mailbox.mails(false).forEach(mail -> found.add(mail.storageId()));
        }
      }
    }
    assertThat(found).containsExactlyInAnyOrder("1.a", "2.b", "3.c");
  }

  private void make(String mail) {
    try {
      tree.mailbox(".Box");
      tree.mail(".Box/" + mail, MAIL);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aResyncBesideWhomMailIsChangedAllTheTimeForgetsNoUids() throws Exception {
    for (int i = 1; i <= 3; i++) {
      tree.mail("cur/" + i + ".a:2,", MAIL);
    }
    assertThat(uids("INBOX")).containsExactly(1L, 2L, 3L);
    List<Path> hidden = new ArrayList<>();
    Path aside = home.resolve("aside");
    SystemCalls.observeReads(null);
    int[] count = new int[1];
    SystemCalls.observeReads(
        (call, name) -> {
          if (call.equals("list") && name.endsWith("/cur")) {
            disturb(count[0]++, aside, hidden);
          }
          return 0;
        });
    try (Mailbox mailbox = tree.inbox()) {
      assertThatThrownBy(mailbox::resync).hasMessageContaining("others change it all the time");
    } finally {
      SystemCalls.observeReads(null);
    }
    if (Files.exists(aside)) {
      Files.move(aside, tree.root.resolve("cur/2.a:2,"));
    }
    assertThat(uids("INBOX")).containsExactly(1L, 2L, 3L);
  }

  /** Has a mail out of the way just when the directory is read. */
  private void disturb(int round, Path aside, List<Path> hidden) {
    try (Stream<Path> files = Files.list(tree.root.resolve("cur"))) {
      if (Files.exists(aside)) {
        Files.move(aside, tree.root.resolve("cur/2.a:2," + (round % 2 == 0 ? "S" : "")));
      }
      for (Path file : files.filter(each -> each.toString().contains("/2.a")).toList()) {
        Files.move(file, aside);
        hidden.add(file);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
