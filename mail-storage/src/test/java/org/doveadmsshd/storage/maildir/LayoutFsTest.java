package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.doveadmsshd.base.Failure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Mailboxes that are a tree of directories, Dovecot's {@code LAYOUT=fs}. */
class LayoutFsTest {
  @TempDir Path directory;
  private PlacesOfMail places;

  @BeforeEach
  void prepare() throws Exception {
    places = new PlacesOfMail(directory.resolve("home"), "maildir:~/Maildir:LAYOUT=fs");
  }

  private void create(String... names) throws Exception {
    for (String name : names) {
      places.with(store -> store.create(name, Optional.empty()));
    }
  }

  @Test
  void aMailboxIsADirectoryAndItsParentsAreNone() throws Exception {
    create("A/B.b/C");
    places.save("A/B.b/C", "x");
    assertThat(places.names()).containsExactly("A /", "A/B.b /", "A/B.b/C", "INBOX");
    assertThat(places.mails()).containsExactly("A/B.b/C:1:x");
    assertThat(places.home.resolve("Maildir/A/B.b/C/cur")).isDirectory();
    assertThat(places.home.resolve("Maildir/A/B.b/C/maildirfolder")).doesNotExist();
    create("A");
    assertThat(places.names()).containsExactly("A", "A/B.b /", "A/B.b/C", "INBOX");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/a",
        "a/",
        "a//b",
        ".",
        "..",
        "a/../b",
        "../x",
        "a/.",
        "cur",
        "a/new",
        "tmp/x",
        "~a",
        "dovecot-uidlist",
        "a/dovecot.index.log",
        "subscriptions",
        "maildirfolder",
        ".sieve"
      })
  void aNameThatLeadsElsewhereOrIsAFilesIsRefused(String name) throws Exception {
    create("a");
    List<String> before = places.files();
    assertThatThrownBy(() -> create(name))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(64))
        .hasMessageStartingWith("Invalid mailbox name");
    assertThatThrownBy(() -> places.with(store -> store.rename("a", name)))
        .hasMessageStartingWith("Invalid mailbox name");
    places.with(store -> assertThat(store.find("a/../a")).isEmpty());
    assertThat(places.files()).isEqualTo(before);
  }

  @Test
  void aNameIsAtMostAsLongAsAPath() {
    String level = "x".repeat(250);
    String deep = IntStream.range(0, 17).mapToObj(each -> level).collect(Collectors.joining("/"));
    for (String name : List.of("x".repeat(256), "a/" + "ü".repeat(120), deep)) {
      assertThatThrownBy(() -> create(name)).hasMessageStartingWith("Mailbox name is too long");
    }
  }

  @Test
  void whatIsCalledLikeDovecotMayBeAMailbox() throws Exception {
    create("dovecot", "dovecot-lists/cur.old", ".hidden", "Ünï/日本");
    assertThat(places.names())
        .containsExactly(
            ".hidden",
            "INBOX",
            "dovecot",
            "dovecot-lists /",
            "dovecot-lists/cur.old",
            "Ünï /",
            "Ünï/日本");
    assertThat(places.home.resolve("Maildir/&ANw-n&AO8-/&ZeVnLA-/cur")).isDirectory();
  }

  @Test
  void namesOnDiskAreUtf8WhereTheLocationSaysSo() throws Exception {
    places = new PlacesOfMail(directory.resolve("utf8"), "maildir:~/m:LAYOUT=fs:UTF-8");
    create("Ünï/a&b");
    places.with(store -> store.subscribe(List.of("Ünï/a&b"), true));
    assertThat(places.home.resolve("m/Ünï/a&b/cur")).isDirectory();
    assertThat(places.names()).containsExactly("INBOX", "Ünï /", "Ünï/a&b");
    assertThat(Files.readString(places.home.resolve("m/subscriptions")))
        .isEqualTo("V\t2\n\nÜnï\ta&b\n");
    places.with(store -> assertThat(store.subscriptions()).containsExactly("Ünï/a&b"));
    assertThatThrownBy(() -> create("a\nb")).hasMessageContaining("control characters");
    assertThatThrownBy(() -> create("a\0b")).hasMessageContaining("control characters");
  }

  @Test
  void aMailboxWithOthersInItStaysAsTheirParentWhenItIsDeleted() throws Exception {
    create("A", "A/B");
    places.save("A", "x");
    places.save("A/B", "y");
    Files.writeString(places.home.resolve("Maildir/A/dovecot-acl"), "x");
    places.with(store -> store.delete("A", false, false));
    assertThat(places.names()).containsExactly("A /", "A/B", "INBOX");
    assertThat(places.mails()).containsExactly("A/B:1:y");
    assertThat(places.home.resolve("Maildir/A")).isDirectoryNotContaining("glob:**dovecot*");
    assertThatThrownBy(() -> places.with(store -> store.delete("A", false, false)))
        .hasMessageContaining("has children")
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(65));
    places.with(store -> store.delete("A/B", false, false));
    assertThat(places.names()).containsExactly("A /", "INBOX");
    places.with(store -> store.delete("A", false, false));
    assertThat(places.names()).containsExactly("INBOX");
    assertThatThrownBy(() -> places.with(store -> store.delete("A", false, false)))
        .hasMessage("Mailbox doesn't exist: A");
  }

  @Test
  void aParentThatIsNoMailboxGoesWithItsLastChildWhereTheLocationSaysSo() throws Exception {
    places = new PlacesOfMail(directory.resolve("drop"), "maildir:~/m:LAYOUT=fs:NO-NOSELECT");
    create("A/B/C", "A/D");
    places.with(store -> store.delete("A/B/C", false, false));
    assertThat(places.names()).containsExactly("A /", "A/D", "INBOX");
    places.with(store -> store.delete("A/D", false, false));
    assertThat(places.names()).containsExactly("INBOX");
  }

  @Test
  void aMailThatComesBesideTheDeletionEndsItAndNothingIsLost() throws Exception {
    create("A");
    places.save("A", "x");
    places.with(
        store -> {
          List<String> levels = List.of("A");
          try (MailRoots roots = roots()) {
            assertThatThrownBy(
                    () ->
                        new FsTree(roots)
                            .delete(levels, "A", new MailTable(Room.ANY), warning -> {}))
                .hasMessageContaining("New mails were found");
          }
        });
    assertThat(places.mails()).containsExactly("A:1:x");
  }

  private MailRoots roots() throws org.doveadmsshd.posix.PosixException, Failure {
    return MailRoots.open(
        org.doveadmsshd.accounts.MailLocation.of(
            new org.doveadmsshd.accounts.MailUser(
                "jane", java.util.Map.of("home", places.home.toString())),
            "maildir:~/Maildir:LAYOUT=fs"));
  }

  @Test
  void aMailboxIsRenamedWithThoseBelowItAndEmptyParentsGo() throws Exception {
    create("A/B", "A/B/C", "D");
    places.save("A/B/C", "x");
    places.with(store -> store.rename("A/B", "E/F/G"));
    assertThat(places.names()).containsExactly("D", "E /", "E/F /", "E/F/G", "E/F/G/C", "INBOX");
    assertThat(places.mails()).containsExactly("E/F/G/C:1:x");
    places.with(store -> store.rename("E", "D/E")); // a parent
    assertThat(places.names())
        .containsExactly("D", "D/E /", "D/E/F /", "D/E/F/G", "D/E/F/G/C", "INBOX");
  }

  @ParameterizedTest
  @CsvSource({
    "A, A/B/C, below it, 65",
    "A, D, Target mailbox already exists: D, 65",
    "A, E, Target mailbox already exists: E, 65",
    "Nope, X, Mailbox doesn't exist: Nope, 68",
    "A, INBOX, can't be renamed, 65",
    "inbox, X, can't be renamed, 65",
  })
  void whatCannotBeRenamedStaysAsItIs(String from, String to, String message, int code)
      throws Exception {
    create("A", "A/B", "D", "E/F");
    List<String> before = places.files();
    assertThatThrownBy(() -> places.with(store -> store.rename(from, to)))
        .hasMessageContaining(message)
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(code));
    assertThat(places.files()).isEqualTo(before);
  }

  @Test
  void linksAreNotFollowedAndForeignNamesAreLeftOutOnceWithAWarning() throws Exception {
    create("A/B");
    Path root = places.home.resolve("Maildir");
    Path outside = Files.createDirectories(directory.resolve("outside/cur")).getParent();
    Files.createSymbolicLink(root.resolve("link"), outside);
    Files.createSymbolicLink(root.resolve("A/loop"), root);
    Files.createDirectories(root.resolve("a&b/cur"));
    places.with(
        store -> {
          store.list();
          store.list();
          assertThatThrownBy(() -> store.find("link")).hasMessageContaining("symbolic link");
          assertThatThrownBy(() -> store.find("A/loop/A")).hasMessageContaining("symbolic link");
          assertThatThrownBy(() -> store.create("link/x", Optional.empty()))
              .hasMessageContaining("symbolic link");
        });
    assertThat(places.names()).containsExactly("A /", "A/B", "INBOX");
    assertThat(places.warnings.stream().distinct())
        .containsExactlyInAnyOrder(
            "Left out a mailbox that is a symbolic link, as none is followed there: link",
            "Left out a mailbox that is a symbolic link, as none is followed there: loop",
            "Ignored a directory whose name is no mailbox: a&b");
    assertThat(outside).isDirectoryContaining("glob:**/cur");
  }

  @Test
  void directoriesThatLieTooDeepAreLeftOut() throws Exception {
    String deep = IntStream.range(0, 70).mapToObj(each -> "d").collect(Collectors.joining("/"));
    Files.createDirectories(places.home.resolve("Maildir/" + deep + "/cur"));
    assertThat(places.names()).hasSize(65);
    assertThat(places.warnings)
        .containsExactly("Left out mailboxes that lie too deep in the tree: d");
  }

  @Test
  void inboxAndItsChildrenHaveAPlaceOfTheirOwnWhereMailHasADirectory() throws Exception {
    places = new PlacesOfMail(directory.resolve("dirname"), "maildir:~/m:LAYOUT=fs:DIRNAME=mail");
    assertThat(places.names()).containsExactly("INBOX");
    places.save("INBOX", "x");
    create("A/cur", "INBOX/y");
    places.save("A/cur", "z");
    assertThat(places.mails()).containsExactly("A/cur:1:z", "INBOX:1:x");
    assertThat(places.names()).containsExactly("A /", "A/cur", "INBOX", "INBOX/y");
    assertThat(places.home.resolve("m/INBOX/mail/cur")).isDirectory();
    assertThat(places.home.resolve("m/A/cur/mail/new")).isDirectory();
    assertThatThrownBy(() -> create("A/mail")).hasMessageContaining("reserved");
    places.with(store -> store.delete("A/cur", false, false));
    assertThat(places.home.resolve("m/A")).isEmptyDirectory();
  }

  @Test
  void whatIsMadeHasThePermissionsOfTheMailboxAboveIt() throws Exception {
    create("A");
    Path above = places.home.resolve("Maildir/A");
    Files.setPosixFilePermissions(above, PosixFilePermissions.fromString("rwxrwx---"));
    Files.writeString(places.home.resolve("Maildir/dovecot-shared"), "");
    create("A/B/C");
    for (String made : List.of("B", "B/C", "B/C/cur")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(above.resolve(made))))
          .isEqualTo("rwxrwx---");
    }
    Path shared = above.resolve("B/C/dovecot-shared");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(shared)))
        .isEqualTo("rw-rw----");
  }

  @Test
  void subscriptionsHaveATabBetweenLevelsAndKeepDots() throws Exception {
    places.with(store -> store.subscribe(List.of("A/b.c", "inbox"), true));
    Path file = places.home.resolve("Maildir/subscriptions");
    assertThat(Files.readString(file, StandardCharsets.US_ASCII))
        .isEqualTo("V\t2\n\nA\tb.c\nINBOX\n");
    places.with(store -> assertThat(store.subscriptions()).containsExactly("A/b.c", "INBOX"));
  }
}
