package org.doveadmsshd.server.rehearsal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;

/**
 * A few users with a little mail, in a directory that nobody else may enter. It is in memory where
 * the system has a place for that, and is removed when this is closed.
 */
final class Stage implements Userdb, AutoCloseable {
  private static final int USERS = 8;

  /** Enough for a mailbox to be remembered. */
  private static final int MAILS = 50;

  private static final long FIRST_MAIL = 1_600_000_000;
  private static final String PREFIX = "doveadm-sshd-rehearsal-";

  private final Path directory;
  private final List<String> names;

  private Stage(Path directory) {
    this.directory = directory;
    names = IntStream.range(0, USERS).mapToObj(i -> "rehearsal" + i + "@localhost").toList();
  }

  /**
   * Sets one up, and removes what a process that was killed has left.
   *
   * @param place where its directory is made
   */
  static Stage in(Path place) throws IOException {
    removeLeftovers(place);
    Stage stage =
        new Stage(Files.createTempDirectory(place, PREFIX + ProcessHandle.current().pid() + "-"));
    boolean isWhole = false;
    try {
      for (String name : stage.names) {
        stage.fill(name, "");
        stage.fillTrash(name);
      }
      isWhole = true;
      return stage;
    } finally {
      if (!isWhole) {
        stage.close();
      }
    }
  }

  /** Mail for everybody's Trash, which the rehearsal empties. */
  void fillTrash() throws IOException {
    for (String name : names) {
      fillTrash(name);
    }
  }

  private void fillTrash(String name) throws IOException {
    fill(name, ".Trash");
  }

  private void fill(String name, String mailbox) throws IOException {
    Path maildir = directory.resolve(name).resolve("Maildir").resolve(mailbox);
    for (String part : List.of("cur", "new", "tmp")) {
      Files.createDirectories(maildir.resolve(part));
    }
    for (int i = 0; i < MAILS; i++) {
      Files.writeString(
          maildir.resolve("cur/" + (FIRST_MAIL + i) + ".M" + System.nanoTime() + ".localhost:2,S"),
          "From: a@example.org\nTo: b@example.org\nDate: Sun, 13 Sep 2020 12:26:40 +0000\n"
              + "Subject: =?utf-8?q?mail?=\n\nbody\n");
    }
  }

  @Override
  public Optional<MailUser> find(String name) {
    return names.contains(name)
        ? Optional.of(new MailUser(name, Map.of("home", directory.resolve(name).toString())))
        : Optional.empty();
  }

  @Override
  public boolean canList() {
    return true;
  }

  @Override
  public void forEach(Visitor visitor) throws Failure, IOException {
    for (String name : names) {
      visitor.visit(name);
    }
  }

  @Override
  public void close() throws IOException {
    remove(directory);
  }

  /** Directories of processes that are not there any more, of the user who runs this. */
  private static void removeLeftovers(Path place) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.list(place)) {
      all = files.filter(file -> isLeftover(file.getFileName().toString())).toList();
    }
    for (Path each : all) {
      if (Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)
          && Files.getOwner(each, LinkOption.NOFOLLOW_LINKS)
              .getName()
              .equals(System.getProperty("user.name"))) {
        remove(each);
      }
    }
  }

  private static boolean isLeftover(String name) {
    if (!name.startsWith(PREFIX)) {
      return false;
    }
    String pid = name.substring(PREFIX.length()).split("-")[0];
    return pid.matches("[0-9]{1,9}") && ProcessHandle.of(Long.parseLong(pid)).isEmpty();
  }

  private static void remove(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(directory)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      Files.deleteIfExists(each);
    }
  }
}
