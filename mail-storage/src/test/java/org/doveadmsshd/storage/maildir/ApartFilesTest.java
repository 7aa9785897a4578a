package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.storage.MailStore.PathType;
import org.doveadmsshd.storage.QuotaRules;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Control files and indexes that lie apart from the mail, and an INBOX elsewhere. */
class ApartFilesTest {
  @TempDir Path directory;

  @Test
  void controlFilesLieWhereTheLocationSaysAndNothingOfThemWithTheMail() throws Exception {
    PlacesOfMail places =
        new PlacesOfMail(
            directory.resolve("home"),
            "maildir:~/Maildir:CONTROL=" + directory.resolve("c/%n") + ":INBOX=~/in");
    places.with(
        store -> {
          store.create("A.B", Optional.of("0a".repeat(16)));
          store.subscribe(List.of("A.B"), true);
        });
    places.save("A.B", "x");
    places.save("INBOX", "y");
    places.with(store -> PlacesOfMail.flag(store, "A.B", "$Work"));
    assertThat(places.mails()).containsExactly("A.B:1:x", "INBOX:1:y");
    Path control = directory.resolve("c/jane");
    assertThat(control.resolve("subscriptions")).hasContent("V\t2\n\nA\tB\n");
    assertThat(control.resolve(".A.B/dovecot-keywords")).hasContent("0 $Work\n");
    assertThat(Files.readString(control.resolve(".A.B/dovecot-uidlist"))).contains("0a0a0a0a");
    assertThat(control.resolve(".INBOX/dovecot-uidlist")).isRegularFile();
    assertThat(places.files())
        .containsExactly(
            "Maildir",
            "Maildir/.A.B",
            "Maildir/.A.B/cur",
            "Maildir/.A.B/maildirfolder",
            "Maildir/.A.B/new",
            "Maildir/.A.B/tmp",
            "in",
            "in/cur",
            "in/new",
            "in/tmp");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":LAYOUT=fs", ":LAYOUT=fs:DIRNAME=d", ":LAYOUT=fs:FULLDIRNAME=d"})
  void controlFilesAndIndexesGoWhereTheMailboxGoes(String layout) throws Exception {
    PlacesOfMail places =
        new PlacesOfMail(directory.resolve("home"), "maildir:~/m:CONTROL=~/c:INDEX=~/i" + layout);
    String sep = layout.isEmpty() ? "." : "/";
    String old = "A" + sep + "B";
    String next = "C" + sep + "D";
    for (String name : List.of(old, old + sep + "E")) {
      places.with(store -> store.create(name, Optional.empty()));
      places.save(name, name);
      places.save(name, name);
    }
    places.with(
        store -> {
          for (String name : List.of(old, old + sep + "E")) {
            Path index = Path.of(store.path(name, PathType.INDEX));
            Files.createDirectories(index);
            Files.writeString(index.resolve("dovecot.index"), name);
          }
          // what is left of an earlier mailbox of the new name
          Path left = Path.of(store.path(next, PathType.CONTROL));
          Files.createDirectories(left);
          Files.writeString(left.resolve("dovecot-uidlist"), "3 V1 N9 G" + "0".repeat(32) + "\n");
        });
    List<String> mails = places.mails();
    places.with(store -> store.rename(old, next));
    assertThat(places.mails())
        .isEqualTo(
            mails.stream()
                .map(
                    mail ->
                        next
                            + mail.substring(3).replaceFirst(":(.*):.*", ":$1:")
                            + mail.substring(mail.lastIndexOf(':') + 1))
                .toList());
    places.with(
        store -> {
          Path index = Path.of(store.path(next, PathType.INDEX));
          assertThat(index.resolve("dovecot.index")).hasContent(old);
          assertThat(Path.of(store.path(old, PathType.CONTROL))).doesNotExist();
          store.delete(next, false, false);
          assertThat(index.resolve("dovecot.index")).doesNotExist();
          Path control = Path.of(store.path(next, PathType.CONTROL));
          assertThat(control.resolve("dovecot-uidlist")).doesNotExist();
          String child = next + sep + "E";
          assertThat(Path.of(store.path(child, PathType.CONTROL)).resolve("dovecot-uidlist"))
              .isRegularFile();
          assertThat(Path.of(store.path(child, PathType.INDEX)).resolve("dovecot.index"))
              .isRegularFile();
        });
  }

  @Test
  void aControlDirectoryThatIsTheMailsOwnIsNothingApart() throws Exception {
    PlacesOfMail places =
        new PlacesOfMail(directory.resolve("home"), "maildir:~/m:CONTROL=~/m:INDEX=~/m:INBOX=~/m");
    places.save("INBOX", "x");
    places.with(store -> store.create("A", Optional.empty()));
    places.save("A", "y");
    places.with(store -> store.rename("A", "B"));
    assertThat(places.mails()).containsExactly("B:1:y", "INBOX:1:x");
    assertThat(places.home.resolve("m/.INBOX")).doesNotExist();
    assertThat(places.home.resolve("m/.B/dovecot-uidlist")).isRegularFile();
  }

  @Test
  void controlFilesHaveThePermissionsOfTheirMailbox() throws Exception {
    PlacesOfMail places = new PlacesOfMail(directory.resolve("home"), "maildir:~/m:CONTROL=~/c/d");
    places.with(store -> store.create("A", Optional.empty()));
    Path mailbox = places.home.resolve("m/.A");
    Files.setPosixFilePermissions(mailbox, PosixFilePermissions.fromString("rwxr-x---"));
    places.mails();
    Path control = places.home.resolve("c/d/.A");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(control)))
        .isEqualTo("rwxr-x---");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(control.resolve("dovecot-uidlist"))))
        .isEqualTo("rw-r-----");
  }

  @Test
  void theQuotaIsKeptWithTheControlFilesAlsoWhenTheyAreThereForTheFirstTime() throws Exception {
    PlacesOfMail places = new PlacesOfMail(directory.resolve("home"), "maildir:~/m:CONTROL=~/c");
    for (String part : List.of("cur", "new", "tmp")) {
      Files.createDirectories(places.home.resolve("m").resolve(part));
    }
    places.quota = QuotaRules.of("maildir:User quota", List.of("*:storage=1M")).orElseThrow();
    places.save("INBOX", "x");
    places.save("INBOX", "y");
    assertThat(Files.readString(places.home.resolve("c/maildirsize"))).startsWith("1048576S\n");
    assertThat(places.home.resolve("m/maildirsize")).doesNotExist();
  }
}
