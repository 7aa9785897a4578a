package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.PosixException;
import org.doveadmsshd.posix.SystemCalls;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No UIDVALIDITY is given twice to mailboxes of a user. */
class UidValidityTest {
  private static final int ENOENT = 2;
  private static final int EACCES = 13;

  @TempDir Path root;

  @AfterEach
  void stopObserving() {
    SystemCalls.observe(null);
  }

  private long next() throws PosixException {
    try (Directory directory = Directory.open(root)) {
      return UidValidity.next(directory);
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(root)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static String file(long value) {
    return "dovecot-uidvalidity.%08x".formatted(value);
  }

  @Test
  void theFirstIsTheTimeInSeconds() throws Exception {
    long before = System.currentTimeMillis() / 1000;
    long first = next();
    assertThat(first).isBetween(before, System.currentTimeMillis() / 1000);
    assertThat(files()).containsExactly("dovecot-uidvalidity", file(first));
    assertThat(root.resolve("dovecot-uidvalidity")).hasContent("%08x".formatted(first));
  }

  @Test
  void eachFurtherOneIsOneMore() throws Exception {
    long first = next();
    for (int i = 1; i <= 5; i++) {
      assertThat(next()).isEqualTo(first + i);
    }
    assertThat(files()).containsExactly("dovecot-uidvalidity", file(first + 5));
    assertThat(root.resolve("dovecot-uidvalidity")).hasContent("%08x".formatted(first + 5));
  }

  @Test
  void theLargestOfSeveralCounts() throws Exception {
    for (String name : List.of(file(5), file(0x6a000000L), file(7))) {
      Files.createFile(root.resolve(name));
    }
    assertThat(next()).isEqualTo(0x6a000001L);
    assertThat(files()).contains(file(5), file(7)).doesNotContain(file(0x6a000000L));
  }

  @Test
  void filesOfOtherNamesDoNotCount() throws Exception {
    for (String name :
        List.of(
            "dovecot-uidvalidity.ffffffff0",
            "dovecot-uidvalidity.FFFFFFFF",
            "dovecot-uidvalidity.fffffff",
            "xdovecot-uidvalidity.ffffffff",
            "dovecot-uidvalidityxffffffff")) {
      Files.createFile(root.resolve(name));
    }
    Files.createFile(root.resolve(file(100)));
    assertThat(next()).isEqualTo(101);
  }

  @Test
  void aValueThatAnotherProcessHasTakenIsNotTakenAgain() throws Exception {
    Files.createFile(root.resolve(file(100)));
    boolean[] raced = {false};
    SystemCalls.observe(
        (call, name) -> {
          if (!raced[0] && call.startsWith("rename")) {
            raced[0] = true;
            move(file(100), file(101));
            return ENOENT;
          }
          return 0;
        });
    assertThat(next()).isEqualTo(102);
    assertThat(files()).contains(file(102)).hasSize(2);
  }

  private void move(String from, String to) {
    try {
      Files.move(root.resolve(from), root.resolve(to));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whereTheFileCannotBeRenamedNoValueIsGiven() throws Exception {
    Files.createFile(root.resolve(file(100)));
    SystemCalls.observe((call, name) -> call.startsWith("rename") ? EACCES : 0);
    assertThat(org.assertj.core.api.Assertions.catchThrowable(this::next))
        .isInstanceOf(PosixException.class);
    assertThat(files()).containsExactly(file(100));
  }

  @Test
  void mailboxesOfAUserHaveDifferentOnes() throws Exception {
    MaildirTree tree = new MaildirTree(root);
    List<Long> values = new ArrayList<>();
    try (MailStore store = tree.open()) {
      for (String name : List.of("INBOX", "A", "B", "C")) {
        if (!name.equals("INBOX")) {
          store.create(name, Optional.empty());
        }
        try (Mailbox mailbox = store.find(name).orElseThrow()) {
          values.add(mailbox.identifiers().uidValidity());
        }
      }
      store.delete("C", false, false);
      store.create("C", Optional.empty());
      try (Mailbox mailbox = store.find("C").orElseThrow()) {
        values.add(mailbox.identifiers().uidValidity());
      }
    }
    assertThat(values).doesNotHaveDuplicates().isSorted();
  }
}
