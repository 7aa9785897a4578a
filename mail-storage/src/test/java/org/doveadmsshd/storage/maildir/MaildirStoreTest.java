package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.posix.SystemCalls;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.compression.CompressionRules;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaildirStoreTest {
  @TempDir Path home;
  private MaildirTree tree;

  @BeforeEach
  void makeTree() throws IOException {
    tree = new MaildirTree(home);
  }

  @Test
  void listsMailboxesAndTheParentsTheyHaveOnlyInName() throws Exception {
    tree.mailbox(".Trash");
    tree.mailbox(".Archive.2024");
    tree.mailbox(".Entw&APw-rfe");
    Files.createDirectory(tree.root.resolve(".NoMailbox"));
    Files.createDirectories(tree.root.resolve("..DOVECOT-TRASHED/cur"));
    Files.createFile(tree.root.resolve(".file"));
    assertThat(tree.open().list())
        .containsExactlyInAnyOrder(
            new MailStore.ListedName("INBOX", true),
            new MailStore.ListedName("Trash", true),
            new MailStore.ListedName("Archive.2024", true),
            new MailStore.ListedName("Archive", false),
            new MailStore.ListedName("Entwürfe", true));
  }

  @Test
  void warnsOfADirectoryWhoseNameIsNoMailbox() throws Exception {
    tree.mailbox(".&bad");
    assertThat(tree.open().list()).containsExactly(new MailStore.ListedName("INBOX", true));
    assertThat(tree.warnings).singleElement().asString().contains("&bad");
  }

  @Test
  void aUserWithoutMailDirectoryHasAnEmptyInboxAndNothingIsCreated() throws Exception {
    Path elsewhere = Files.createDirectory(home.resolve("new-user"));
    MailStore store =
        MaildirStore.open(
            elsewhere,
            List.of("Maildir"),
            new MaildirStore.Context(
                tree.lockPatience,
                () -> {},
                text -> {},
                QuotaRules.NONE,
                CompressionRules.NONE,
                Optional.empty(),
                tree.memory.holder()));
    try (Mailbox inbox = store.find("INBOX").orElseThrow()) {
      assertThat(inbox.mails(true)).isEmpty();
    }
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void aSymbolicLinkIsNeverFollowed() throws Exception {
    Path victim = Files.createDirectories(home.resolve("victim/cur")).getParent();
    Files.createSymbolicLink(tree.root.resolve(".Link"), victim);
    assertThat(tree.open().list()).containsExactly(new MailStore.ListedName("INBOX", true));
    assertThatThrownBy(() -> tree.open().find("Link"))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("symbolic link");
    Path other = Files.createDirectory(home.resolve("other"));
    Files.createSymbolicLink(other.resolve("Maildir"), victim);
    assertThatThrownBy(
            () ->
                MaildirStore.open(
                    other,
                    List.of("Maildir"),
                    new MaildirStore.Context(
                        tree.lockPatience,
                        () -> {},
                        text -> {},
                        QuotaRules.NONE,
                        CompressionRules.NONE,
                        Optional.empty(),
                        tree.memory.holder())))
        .isInstanceOf(Failure.class);
  }

  @Test
  void namesThatLeadElsewhereAreNoMailboxes() throws Exception {
    for (String name : List.of("../x", "a/../b", "..", "", ".x", "x.", "a..b", "x".repeat(300))) {
      assertThat(tree.open().find(name)).as(name).isEmpty();
    }
  }

  @Test
  void aFileWhereADirectoryShouldBeIsSaidSo() throws Exception {
    Files.writeString(tree.root.resolve(".Box"), "a file");
    assertThatThrownBy(() -> tree.open().find("Box"))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("where a directory should be");
  }

  @Test
  void readsSubscriptionsOfBothVersions() throws Exception {
    Path file = tree.root.resolve("subscriptions");
    Files.writeString(file, "V\t2\n\nTrash\nArchive\t2025\nEntw&APw-rfe\n");
    assertThat(tree.open().subscriptions()).containsExactly("Trash", "Archive.2025", "Entwürfe");
    Files.writeString(file, "Old.Style\nSent\n", StandardCharsets.US_ASCII);
    assertThat(tree.open().subscriptions()).containsExactly("Old.Style", "Sent");
  }

  @Test
  void aMailboxThatCannotBeOpenedJustNowIsNotLeftOutOfTheList() throws Exception {
    tree.mailbox(".A");
    tree.mailbox(".B");
    SystemCalls.observeReads((call, name) -> name.endsWith("/.A") ? 24 : 0); // EMFILE
    try (MailStore store = tree.open()) {
      assertThatThrownBy(store::list)
          .isInstanceOf(Failure.class)
          .hasMessageContainingAll("list mailboxes", ".A", "Too many open files");
    } finally {
      SystemCalls.observeReads(null);
    }
  }

  @Test
  void aLockOfTheSubscriptionsThatWasLeftBehindIsRemovedAtOnce() throws Exception {
    Path lock = Files.writeString(tree.root.resolve("subscriptions.lock"), "V\t2\n");
    Files.setLastModifiedTime(lock, FileTime.fromMillis(System.currentTimeMillis() - 60_000));
    tree.lockPatience = Duration.ZERO;
    try (MailStore store = tree.open()) {
      store.subscribe(List.of("A"), true);
      assertThat(store.subscriptions()).containsExactly("A");
    }
    assertThat(lock).doesNotExist();
  }
}
