package org.doveadmsshd.server.rehearsal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.auth.passwdfile.PasswdFile;

/**
 * A few users with a little mail, and a passwd-file of them, in a directory that nobody else may
 * enter. It is in memory where the system has a place for that, and is removed when this is closed.
 * What the JVM compiles fits what it has seen: so mails differ in what mails of a site differ in.
 */
final class Stage implements AutoCloseable {
  /** More than are sent ahead to workers. */
  private static final int USERS = 48;

  /** Enough for a mailbox to be remembered. */
  private static final int MAILS = 50;

  private static final long FIRST_MAIL = 1_600_000_000;
  private static final List<String> FLAGS =
      List.of("S", "", "RS", "F", "Sa", "PS", "S", "FRSb", "T");
  private static final String PREFIX = "doveadm-sshd-rehearsal-";

  private final Path directory;
  private final Userdb users;
  private final List<String> names;

  private Stage(Path directory) {
    this.directory = directory;
    users = new PasswdFile(directory.resolve("passwd").toString(), "%u");
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
      stage.fill();
      isWhole = true;
      return stage;
    } finally {
      if (!isWhole) {
        stage.close();
      }
    }
  }

  /** Its users. */
  Userdb users() {
    return users;
  }

  private void fill() throws IOException {
    Files.createDirectory(mails());
    for (int i = 0; i < MAILS; i++) {
      Files.writeString(mail(i), text(i));
    }
    List<String> lines = new ArrayList<>();
    for (String name : names) {
      lines.add(name + ":::::" + directory.resolve(name) + "::");
      fill(name, "");
    }
    Files.write(directory.resolve("passwd"), lines);
    fillTrash();
  }

  /** Mail for everybody's Trash, which the rehearsal empties. */
  void fillTrash() throws IOException {
    for (String name : names) {
      fill(name, ".Trash");
    }
  }

  private void fill(String name, String mailbox) throws IOException {
    Path maildir = directory.resolve(name).resolve("Maildir").resolve(mailbox);
    for (String part : List.of("cur", "new", "tmp")) {
      Files.createDirectories(maildir.resolve(part));
    }
    for (int i = 0; i < MAILS; i++) {
      boolean isNew = i % 16 == 1;
      Files.createLink(maildir.resolve(isNew ? "new" : "cur").resolve(name(i, isNew)), mail(i));
    }
    Files.writeString(maildir.resolve("dovecot-keywords"), "0 $Label1\n1 $Forwarded\n");
  }

  /** All mailboxes have the same mails: another name of one takes no memory. */
  private Path mails() {
    return directory.resolve("mails");
  }

  private Path mail(int number) {
    return mails().resolve(Integer.toString(number));
  }

  private static String text(int number) {
    String subject = number % 3 == 0 ? "=?utf-8?q?mail?=" : "a mail of some words, " + number;
    return "From: a@example.org\nTo: b@example.org\nDate: Sun, 13 Sep 2020 12:26:40 +0000\n"
        + ("Subject: " + subject + "\nMessage-ID: <" + number + "@localhost>\n\n")
        + "Words that a search goes through\n".repeat(1 + number % 20);
  }

  /** Most names say how large a mail is. */
  private static String name(int number, boolean isNew) {
    String base = (FIRST_MAIL + number * 3600L) + ".M" + System.nanoTime() + "P7.localhost";
    String text = text(number);
    String size = ",S=" + text.length() + ",W=" + (text.length() + text.lines().count());
    String flags = isNew ? "" : ":2," + FLAGS.get(number % FLAGS.size());
    return base + (number % 5 == 0 ? "" : size) + flags;
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
