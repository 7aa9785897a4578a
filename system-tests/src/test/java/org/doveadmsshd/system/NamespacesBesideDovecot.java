package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same lines to a real Dovecot and to ours, with the same namespaces, each on its own copy of
 * the same mail: answers, exit codes and what is on disk in the end are the same.
 */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class NamespacesBesideDovecot {
  private static final String USER = "user0001@example.com";
  static final String OTHER = "user0002@example.org";

  private Path realMail;
  private Process dovecot;
  private TestSite site;

  /** Sections of both configurations; {@code @} stands for the directory of the mail. */
  abstract String namespaces();

  /** Lines that change nothing. */
  abstract List<String> questions();

  /** Lines that change something; the later ones build on those before. */
  abstract List<String> changes();

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    assumeTrue(LiveDovecot.isPossible(), "no Dovecot on this machine, or not root");
    Path ours = Files.createDirectory(directory.resolve("ours"));
    realMail = Files.createDirectory(directory.resolve("real"));
    site = new TestSite(ours, 2, namespaces().replace("@", ours.toString()));
    layMail(ours);
    run("chmod", "755", directory.toString(), realMail.toString());
    run("cp", "-a", ours.resolve("homes").toString(), realMail.toString());
    run("cp", "-a", ours.resolve("public").toString(), realMail.toString());
    run("chown", "-R", "nobody:nogroup", realMail.toString());
    Path own = Files.createDirectory(realMail.resolve("dovecot"));
    dovecot = LiveDovecot.start(own, configuration(own), "run/auth-userdb");
    for (String user : List.of(USER, OTHER)) {
      real(user, "search mailbox '*' all"); // Dovecot gives the UIDs and identities
      real(user, "search all");
    }
    real(USER, "search mailbox Public/News all");
    real(USER, "search mailbox Public.News all");
    for (String part : List.of("homes", "public")) {
      run("rm", "-r", ours.resolve(part).toString());
      run("cp", "-a", realMail.resolve(part).toString(), ours.toString());
    }
  }

  @AfterAll
  void stop() throws InterruptedException {
    if (site != null) {
      site.close();
    }
    if (dovecot != null) {
      dovecot.destroy();
      dovecot.waitFor();
    }
  }

  private static void run(String... words) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder(words).inheritIO().start().waitFor()).isZero();
  }

  private void layMail(Path ours) throws IOException, InterruptedException {
    run("rm", "-r", ours.resolve("homes").toString());
    for (String user : List.of(USER, OTHER)) {
      Path maildir = ours.resolve("homes").resolve(user).resolve("Maildir");
      mail(maildir, 2, "inbox");
      mail(maildir.resolve(".Trash"), 1, "trash");
      mail(maildir.resolve(".Sent"), 1, "sent");
      mail(maildir.resolve(".Work.2024"), 2, "work");
      mail(maildir.resolve(".Entw&APw-rfe"), 1, "draft");
    }
    mail(ours.resolve("public/.News"), 3, "news");
    mail(ours.resolve("public/.Info.All"), 1, "info");
  }

  private static void mail(Path mailbox, int count, String subject) throws IOException {
    for (String part : List.of("cur", "new", "tmp")) {
      Files.createDirectories(mailbox.resolve(part));
    }
    for (int i = 1; i <= count; i++) {
      String text =
          "From: a@b\nTo: c@d\nSubject: %s %d\nDate: Mon, 1 Jan 2024 10:00:0%d +0000\n\nbody\n"
              .formatted(subject, i, i);
      Path file =
          mailbox.resolve("cur/17000000%d.M1P1.%s,S=%d:2,S".formatted(i, subject, text.length()));
      Files.writeString(file, text);
      Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_000_000L));
    }
  }

  private String configuration(Path own) throws IOException {
    StringBuilder users = new StringBuilder();
    for (String user : List.of(USER, OTHER)) {
      users.append(user + ":::::" + realMail.resolve("homes").resolve(user) + "::\n");
    }
    Files.writeString(own.resolve("users"), users);
    return """
        base_dir = %1$s/run
        state_dir = %1$s/state
        log_path = %1$s/log
        protocols =
        ssl = no
        mail_location = maildir:~/Maildir
        first_valid_uid = 1
        mail_uid = nobody
        mail_gid = nogroup
        passdb {
          driver = passwd-file
          args = %1$s/users
        }
        userdb {
          driver = passwd-file
          args = %1$s/users
        }
        """
            .formatted(own)
        + namespaces().replace("@", realMail.toString());
  }

  private TestSite.Result real(String user, String line) throws Exception {
    String command =
        "doveadm -c " + realMail.resolve("dovecot/dovecot.conf") + " " + withUser(user, line);
    return site.exec(new byte[0], "sh", "-c", command);
  }

  private static String withUser(String user, String line) {
    List<String> words = new ArrayList<>(List.of(line.split(" ")));
    words.addAll(words.get(0).equals("mailbox") ? 2 : 1, List.of("-u", user));
    return String.join(" ", words);
  }

  /** Paths are those of each one's own copy. */
  private String shown(TestSite.Result result, Path mail) {
    List<String> lines =
        result.out().replace(mail + "/", "/").lines().filter(line -> !line.isBlank()).toList();
    return result.code() + " " + lines.stream().sorted().toList();
  }

  private void compare(String line, List<String> differences) throws Exception {
    TestSite.Result real = real(USER, line);
    TestSite.Result ours = site.doveadm(withUser(USER, line));
    String expected = shown(real, realMail);
    String got = shown(ours, site.directory);
    if (!got.equals(expected)) {
      differences.add(
          "%s\n  Dovecot %s %s\n  ours    %s %s\n"
              .formatted(line, expected, real.error().strip(), got, ours.error().strip()));
    }
  }

  @Test
  @Order(1)
  void questionsHaveTheSameAnswers() throws Exception {
    List<String> differences = new ArrayList<>();
    for (String line : questions()) {
      compare(line, differences);
    }
    assertThat(String.join("\n", differences)).isEmpty();
  }

  @Test
  @Order(2)
  void changesHaveTheSameEffect() throws Exception {
    List<String> differences = new ArrayList<>();
    for (String line : changes()) {
      compare(line, differences);
    }
    for (String line : questions()) {
      if (!line.contains("guid")
          && !line.startsWith("search")) { // new mailboxes have identities of their own
        compare(line, differences);
      }
    }
    assertThat(String.join("\n", differences)).isEmpty();
    assertThat(onDisk(site.directory)).isEqualTo(onDisk(realMail));
  }

  /** Directories, mails by their subjects, and subscriptions. */
  private static List<String> onDisk(Path mail) throws IOException {
    List<String> found = new ArrayList<>();
    for (String part : List.of("homes", "public")) {
      try (Stream<Path> all = Files.walk(mail.resolve(part))) {
        for (Path each : all.toList()) {
          String path = mail.relativize(each).toString();
          if (each.endsWith("subscriptions")) {
            found.add(path + " " + new TreeSet<>(Files.readAllLines(each)));
          } else if (Files.isDirectory(each)) {
            found.add(path);
          } else if (path.contains("/cur/") || path.contains("/new/")) {
            found.add(path.replaceFirst("/(cur|new)/.*", ": ") + Files.readAllLines(each).get(2));
          }
        }
      }
    }
    Collections.sort(found);
    return found;
  }
}
