package org.doveadmsshd.worker.term;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Terms of users that there are no more, and how they are forgotten. */
@Timeout(120)
class ForgottenTermsTest {
  private static final int USERS = 600;

  @TempDir Path parent;
  private Path directory;

  /** Each has the term 7. */
  @BeforeEach
  void keep() throws Exception {
    directory = parent.resolve("terms");
    try (TermTable table = table()) {
      for (int i = 0; i < USERS; i++) {
        table.check("user" + i, 7);
      }
    }
    assertThat(files(directory)).hasSizeGreaterThan(2);
  }

  private TermTable table() {
    return new TermTable(directory, 1);
  }

  private static List<String> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("terms-"))
          .sorted()
          .toList();
    }
  }

  /** A userdb that has each third user, and others that have never had a term. */
  private static List<String> third() {
    List<String> users = new ArrayList<>();
    for (int i = 0; i < USERS; i += 3) {
      users.add("User" + i);
      users.add("new" + i);
    }
    return users;
  }

  /** Lists users; fails after so many. */
  private record Listing(List<String> users, int most) implements Userdb {
    Listing(List<String> users) {
      this(users, Integer.MAX_VALUE);
    }

    @Override
    public Optional<MailUser> find(String name) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean canList() {
      return most > 0;
    }

    @Override
    public void forEach(Visitor visitor) throws Failure, IOException {
      int listed = 0;
      for (String user : users) {
        if (listed++ == most) {
          throw Failure.temporary("The database is gone", null);
        }
        visitor.visit(user);
      }
    }
  }

  private static boolean isKnown(TermTable table, String user) throws Failure {
    try {
      table.check(user, 6);
      return false;
    } catch (Failure e) {
      assertThat(e).hasMessageContaining("The placement is stale");
      return true;
    }
  }

  /** All that the userdb lists have the term that they had. */
  private static void assertKept(TermTable table) throws Failure {
    for (int i = 0; i < USERS; i += 3) {
      assertThat(isKnown(table, "user" + i)).as("user" + i).isTrue();
    }
  }

  @Test
  void whoIsNotListedIsForgottenAndNobodyElse() throws Exception {
    try (TermTable table = table()) {
      assertThat(table.extent().users()).isEqualTo(USERS);
      table.forgetAllBut(new Listing(third()));
      assertThat(table.extent().users()).isEqualTo(USERS / 3);
    }
    assertThat(files(directory)).containsExactly("terms-00");
    try (TermTable table = table()) {
      assertKept(table);
      assertThat(isKnown(table, "user1")).isFalse();
      assertThat(isKnown(table, "new0")).isFalse();
      for (int i = 0; i < 4 * USERS; i++) {
        table.check("later" + i, 7);
      }
    }
    assertThat(files(directory)).hasSizeGreaterThan(1);
    try (TermTable table = table()) {
      assertKept(table);
      assertThat(isKnown(table, "later1")).isTrue();
    }
  }

  /** Files as they are when the process or the machine ends at any moment of it. */
  @Test
  void aCrashForgetsNobodyWhoIsListed() throws Exception {
    Path before = copy(directory, "before");
    try (TermTable table = table()) {
      table.forgetAllBut(new Listing(third()));
    }
    Path after = copy(directory, "after");
    List<String> others = new ArrayList<>(files(before));
    others.remove("terms-00");
    for (int left = others.size(); left >= 0; left--) {
      directory = copy(after, "crash" + left);
      Files.writeString(directory.resolve("terms-00.new"), "half of a file");
      for (String name : others.subList(0, left)) {
        Files.copy(before.resolve(name), directory.resolve(name));
      }
      try (TermTable table = table()) {
        assertKept(table);
        table.check("user0", 9);
        table.check("user1", 9);
      }
      try (TermTable table = table()) {
        table.forgetAllBut(new Listing(third()));
        assertKept(table);
        assertThatThrownBy(() -> table.check("user0", 8)).hasMessageContaining("stale");
        assertThat(isKnown(table, "user1")).isFalse();
      }
    }
  }

  private Path copy(Path from, String name) throws IOException {
    Path copy = Files.createDirectory(parent.resolve(name));
    for (String file : files(from)) {
      Files.copy(from.resolve(file), copy.resolve(file));
    }
    return copy;
  }

  @Test
  void whereTheUsersAreNotListedToTheEndNobodyIsForgotten() throws Exception {
    List<String> before = files(directory);
    try (TermTable table = table()) {
      assertThatThrownBy(() -> table.forgetAllBut(new Listing(third(), 100)))
          .isInstanceOf(Failure.class)
          .hasMessage("The database is gone");
      assertThatThrownBy(() -> table.forgetAllBut(new Listing(third(), 0)))
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.CONFIGURATION_ERROR))
          .hasMessageEndingWith("nobody is forgotten");
      assertThatThrownBy(() -> table.forgetAllBut(new Listing(List.of())))
          .isInstanceOf(Failure.class)
          .hasMessage("The userdb lists no user at all; nobody is forgotten");
      for (int i = 0; i < USERS; i++) {
        assertThat(isKnown(table, "user" + i)).isTrue();
      }
    }
    assertThat(files(directory)).isEqualTo(before);
  }

  @Test
  void nobodyIsForgottenWhileAServerHasThem() throws Exception {
    try (TermTable server = table();
        TermTable other = table()) {
      server.check("user0", 7);
      assertThatThrownBy(() -> other.forgetAllBut(new Listing(third())))
          .hasMessageContaining("another server keeps its terms there");
      assertThat(isKnown(server, "user1")).isTrue();
    }
  }
}
