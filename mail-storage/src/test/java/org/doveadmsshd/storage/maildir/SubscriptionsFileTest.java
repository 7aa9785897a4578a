package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.storage.MailStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The file of subscriptions is read and written as Debian's Dovecot 2.3.19 does. */
class SubscriptionsFileTest {
  @TempDir Path home;
  private MaildirTree tree;
  private Path file;
  private Path lock;

  @BeforeEach
  void makeTree() throws IOException {
    tree = new MaildirTree(home);
    file = tree.root.resolve("subscriptions");
    lock = tree.root.resolve("subscriptions.lock");
  }

  /** A slash for the end of a line, ^ for a TAB, ! for 0x01. */
  private static String lines(String written) {
    return written.replace('/', '\n').replace('^', '\t').replace('!', '\u0001');
  }

  private void write(String written) throws IOException {
    Files.writeString(file, lines(written), StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "V^2//A/B^C/ | A B.C",
        "A/B.C/ | A B.C",
        "V^2//A//B/ | A B",
        "/A/ | A",
        "A/B | A B",
        "V^2//Entw&APw-rfe/ | Entwürfe",
        "V^2//A/&bad/x!1y/x!ty/B/ | A B",
        "V^2//A.B/ | A.B",
        "V^2/ | ''",
        "V^2// | ''",
        "B/A/C/ | B A C",
      })
  void bothFormsOfTheFileAreReadWithoutNamesThatNoMailboxCanHave(String written, String names)
      throws Exception {
    write(written);
    List<String> expected = names.isEmpty() ? List.of() : List.of(names.split(" "));
    try (MailStore store = tree.open()) {
      assertThat(store.subscriptions()).isEqualTo(expected);
    }
  }

  @Test
  void withoutTheFileNothingIsSubscribedTo() throws Exception {
    try (MailStore store = tree.open()) {
      assertThat(store.subscriptions()).isEmpty();
    }
    assertThat(file).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | + | A B.C x_y Entwürfe | V^2//A/B^C/x_y/Entw&APw-rfe/",
        "A/ | + | B.C | A/B.C/",
        "V^2//A/B^C/ | - | A | V^2//B^C/",
        "V^2//A/A/B/ | - | A | V^2//B/",
        "A/B.C/D/ | - | B.C | A/D/",
        "V^2//A/ | + | A | V^2//A/",
        "V^2//A/ | - | nosuch | V^2//A/",
        "V^2//x!ty/B/ | - | B | V^2//x!ty/",
        "A/B | + | C | A/B/C/",
        "'' | + | INBOX inbox | V^2//INBOX/",
        "V^2//!1a!ny!0z!r/ | + | C | V^2//!1a!ny!0z!r/C/",
        "V^2//A/ | - | A | V^2//",
      })
  void theFormThatIsThereIsKeptAndAFirstFileHasTheNewOne(
      String before, String change, String names, String after) throws Exception {
    if (!before.isEmpty()) {
      write(before);
    }
    try (MailStore store = tree.open()) {
      store.subscribe(List.of(names.split(" ")), change.equals("+"));
    }
    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).isEqualTo(lines(after));
    assertThat(lock).doesNotExist();
  }

  @Test
  void namesThatWereSoAlreadyAreToldAndTheFileStays() throws Exception {
    write("V^2//A/Entw&APw-rfe/");
    Object inode = Files.getAttribute(file, "unix:ino");
    try (MailStore store = tree.open()) {
      assertThat(store.subscribe(List.of("A", "Entwürfe"), true)).containsExactly("A", "Entwürfe");
      assertThat(store.subscribe(List.of("nosuch"), false)).containsExactly("nosuch");
      assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(inode);
      assertThat(store.subscribe(List.of("A", "B"), true)).containsExactly("A");
      assertThat(store.subscribe(List.of("nosuch", "B"), false)).containsExactly("nosuch");
      assertThat(store.subscriptions()).containsExactly("A", "Entwürfe");
    }
    assertThat(lock).doesNotExist();
  }

  @Test
  void theFileIsAsReadableAsTheMailDirectory() throws Exception {
    Files.setPosixFilePermissions(tree.root, PosixFilePermissions.fromString("rwxrwx---"));
    try (MailStore store = tree.open()) {
      store.subscribe(List.of("A"), true);
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-rw----");
  }

  @Test
  void whileAnotherProgramHasTheLockItIsWaitedForAndThenGivenUp() throws Exception {
    write("V^2//A/");
    Files.createFile(lock);
    tree.lockPatience = Duration.ofMillis(120);
    try (MailStore store = tree.open()) {
      assertThatThrownBy(() -> store.subscribe(List.of("B"), true))
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE))
          .hasMessage("The subscriptions are locked by another program");
      assertThat(store.subscriptions()).containsExactly("A");
    }
    assertThat(lock).as("it is another's").exists();
  }

  @Test
  void whoIsStoppedWhileWaitingForTheLockStops() throws Exception {
    Files.createFile(lock);
    try (MailStore store = tree.open()) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> store.subscribe(List.of("B"), true))
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.CANCELLED));
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(file).doesNotExist();
  }

  @Test
  void aNameThatNoMailboxCanHaveIsRefused() throws Exception {
    try (MailStore store = tree.open()) {
      for (String name : List.of("", ".a", "a.", "a..b", "a/b")) {
        assertThatThrownBy(() -> store.subscribe(List.of("ok", name), true))
            .isInstanceOfSatisfying(
                Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.USAGE));
      }
      assertThat(store.subscriptions()).isEmpty();
    }
  }
}
