package org.doveadmsshd.system;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users with uids of their own, whose mail is worked on with their own rights; needs root. */
class IsolationTest {
  private static final int FIRST = 21_000;

  @TempDir static Path directory;
  private static TestSite site;
  private static List<String> users;

  @BeforeAll
  static void start() throws Exception {
    assumeThat(System.getProperty("user.name")).isEqualTo("root");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    site =
        new TestSite(
            directory, 6, "service doveadm {\n isolation = thread\n}\nfirst_valid_uid = 21000\n");
    List<String> lines = new ArrayList<>();
    users = new ArrayList<>();
    for (String line : Files.readAllLines(directory.resolve("users"))) {
      String[] columns = line.split(":", -1);
      int uid = FIRST + users.size();
      users.add(columns[0]);
      columns[2] = columns[3] = Integer.toString(uid);
      lines.add(String.join(":", columns));
      chown(uid, Path.of(columns[5]));
    }
    Files.write(directory.resolve("users"), lines);
  }

  @AfterAll
  static void stop() {
    if (site != null) {
      site.close();
    }
  }

  private static void chown(int uid, Path file) throws Exception {
    String owner = uid + ":" + uid;
    site.exec(new byte[0], "chown", "-Rh", owner, file.toString());
    site.exec(new byte[0], "chmod", "0700", file.toString());
  }

  @Test
  void everyUsersMailIsReadAndWrittenAsThatUser() throws Exception {
    TestSite.Result saved = site.as("admin", "save -A -m Sent", "Subject: new\n\nx\n");
    assertThat(saved.code()).as(saved.error()).isZero();
    assertThat(site.doveadm("mailbox create -A Made").code()).isZero();
    assertThat(site.doveadm("flags add -A '\\Flagged' mailbox INBOX 1").code()).isZero();
    assertThat(site.doveadm("move -A Made mailbox Sent subject new").code()).isZero();
    TestSite.Result found = site.doveadm("search -A mailbox Made subject new");
    assertThat(found.lines()).hasSize(users.size());
    for (int i = 0; i < users.size(); i++) {
      Path home = site.maildir(users.get(i)).getParent();
      try (Stream<Path> files = Files.walk(home)) {
        for (Path file : (Iterable<Path>) files::iterator) {
          assertThat(Files.getAttribute(file, "unix:uid")).as("" + file).isEqualTo(FIRST + i);
          assertThat(Files.getAttribute(file, "unix:gid")).as("" + file).isEqualTo(FIRST + i);
        }
      }
    }
  }

  @Test
  void whatAUserHasPlantedLeadsNowhere() throws Exception {
    Path own = site.maildir(users.get(0));
    Path foreign = site.maildir(users.get(1));
    Files.createSymbolicLink(own.resolve(".Linked"), foreign.resolve(".Trash"));
    Path secret = directory.resolve("secret");
    Files.writeString(secret, "Subject: root's secret\n\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    Files.createLink(own.resolve("cur/1.hard.link:2,"), secret);
    Files.createSymbolicLink(own.resolve("cur/2.soft.link:2,"), secret);
    for (String command :
        List.of(
            "fetch -u %s text mailbox INBOX",
            "fetch -u %s text mailbox Linked all",
            "copy -u %s Trash mailbox INBOX subject secret",
            "search -u %s mailbox INBOX body secret")) {
      TestSite.Result result = site.doveadm(command.formatted(users.get(0)));
      assertThat(result.out()).as(command).doesNotContain("secret");
    }
    assertThat(secret).exists();
    try (Stream<Path> files = Files.walk(own)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        boolean brought =
            Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && !file.getFileName().toString().contains("hard.link");
        assertThat(brought ? Files.readString(file, ISO_8859_1) : "")
            .doesNotContain("root's secret");
      }
    }
    Files.delete(own.resolve("cur/1.hard.link:2,"));
    Files.delete(own.resolve("cur/2.soft.link:2,"));
    Files.delete(own.resolve(".Linked"));
  }

  @Test
  void anotherUsersMailIsOutOfReachEvenForACopy() throws Exception {
    TestSite.Result result =
        site.doveadm(
            "copy -u %s Trash user %s mailbox INBOX".formatted(users.get(0), users.get(1)));
    assertThat(result.code()).isNotZero();
    assertThat(result.error()).contains(users.get(0));
  }

  @Test
  void whoHasNoNumberOrRootsIsNotWorkedFor() throws Exception {
    Path file = directory.resolve("users");
    String before = Files.readString(file);
    for (String uid : List.of("", "0", "20999")) {
      Files.writeString(file, before.replaceFirst(":21000:", ":" + uid + ":"));
      TestSite.Result result = site.doveadm("search -u " + users.get(0) + " all");
      assertThat(result.code()).as(uid).isEqualTo(78);
      assertThat(result.out()).isEmpty();
      assertThat(site.doveadm("search -A mailbox INBOX 1").lines()).as("the others").hasSize(5);
    }
    Files.writeString(file, before);
  }
}
