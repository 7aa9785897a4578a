package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.server.Daemon;
import org.doveadmsshd.settings.Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code doveadm-sshd setup} beside real Dovecots, up to the first answer over ssh. */
class SetupBesideDovecotTest {
  private static final List<String> USERS =
      List.of("jane@example.org", "joe@example.org", "kim@example.net");

  private Path root;
  private Process dovecot;

  /** What a program has printed. */
  private record Result(int code, String out, String error) {}

  @BeforeEach
  void makeMail() throws Exception {
    assumeThat(LiveDovecot.isPossible()).isTrue();
    root = Files.createTempDirectory("setup"); // names of sockets are short
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (String user : USERS) {
      mail(user, 65534);
    }
    run(0, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", root.resolve("key").toString());
  }

  private Path home(String user) {
    return root.resolve("homes").resolve(user);
  }

  /** Mail that no program has looked at yet. */
  private void mail(String user, int uid) throws Exception {
    for (String mailbox : List.of("", ".Sent", ".Trash.Old")) {
      Path maildir = home(user).resolve("Maildir").resolve(mailbox);
      for (String part : List.of("cur", "new", "tmp")) {
        Files.createDirectories(maildir.resolve(part));
      }
      for (int i = 0; i < 5 + mailbox.length(); i++) {
        Path file = maildir.resolve(i % 2 == 0 ? "cur/17000%d.M1.h:2,S" : "new/17000%d.M1.h");
        Files.writeString(Path.of(file.toString().formatted(i)), "Subject: x\n\nbody\n");
      }
    }
    run(0, "chown", "-R", uid + ":" + uid, home(user).toString());
  }

  @AfterEach
  void stop() throws Exception {
    if (dovecot != null) {
      dovecot.destroy();
      dovecot.waitFor(20, TimeUnit.SECONDS);
    }
    if (root != null) {
      try (Stream<Path> all = Files.walk(root)) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(each);
        }
      }
    }
  }

  private Result run(int expected, String... words) throws IOException, InterruptedException {
    Path out = Files.createTempFile(root, "out", "");
    Path error = Files.createTempFile(root, "error", "");
    Process process =
        new ProcessBuilder(words)
            .redirectOutput(out.toFile())
            .redirectError(error.toFile())
            .start();
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("ends: " + List.of(words)).isTrue();
    Result result = new Result(process.exitValue(), Files.readString(out), Files.readString(error));
    assertThat(result.code()).as(result.out() + result.error()).isEqualTo(expected);
    return result;
  }

  private Path configuration() {
    return root.resolve("etc/doveadm-sshd.conf");
  }

  private Result setup(int expected, String... options) throws Exception {
    List<String> words = new ArrayList<>(TestSite.java("org.doveadmsshd.server.Main"));
    words.addAll(List.of("-c", configuration().toString(), "setup", "--port", "0"));
    words.addAll(List.of("--key", root.resolve("key.pub").toString()));
    words.addAll(Arrays.asList(options));
    return run(expected, words.toArray(String[]::new));
  }

  private Result setupOfDovecot(int expected, String... options) throws Exception {
    List<String> words =
        new ArrayList<>(List.of("--dovecot-config", root.resolve("dovecot.conf").toString()));
    words.addAll(Arrays.asList(options));
    return setup(expected, words.toArray(String[]::new));
  }

  /** Starts one; it lists users for root at its socket. */
  private void dovecot(String settings) throws Exception {
    dovecot =
        LiveDovecot.start(
            root,
            """
            base_dir = %1$s/run
            state_dir = %1$s/state
            log_path = %1$s/log
            protocols =
            ssl = no
            first_valid_uid = 1
            passdb {
              driver = static
              args = password=x
            }
            service auth {
              unix_listener auth-userdb {
                mode = 0600
              }
            }
            """
                    .formatted(root)
                + settings.replace("ROOT", root.toString()),
            "run/auth-userdb");
  }

  private void users(String ids) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (String user : USERS) {
      lines.append("%s:{PLAIN}x:%s::%s::\n".formatted(user, ids, home(user)));
    }
    Files.writeString(root.resolve("users"), lines);
  }

  /** All of a user's mailboxes, as the installed doveadm or ours has printed them. */
  private static Map<String, String> table(String printed) {
    Map<String, String> table = new TreeMap<>();
    List<String> lines = printed.lines().toList();
    List<String> names = List.of(lines.get(0).split("\t"));
    for (String line : lines.subList(1, lines.size())) {
      Map<String, String> fields = new TreeMap<>();
      String[] values = line.split("\t");
      for (int i = 0; i < values.length; i++) {
        fields.put(names.get(i), values[i]);
      }
      table.put(fields.get("mailbox"), fields.toString());
    }
    return table;
  }

  private Map<String, String> ofDoveadm(String user) throws Exception {
    String configured = root.resolve("dovecot.conf").toString();
    return table(
        run(
                0,
                "doveadm",
                "-c",
                configured,
                "-f",
                "tab",
                "mailbox",
                "status",
                "-u",
                user,
                "messages unseen uidnext uidvalidity",
                "*")
            .out());
  }

  /** Starts the server that was set up, and compares all users' mailboxes over the stock client. */
  private void answersLikeDoveadm() throws Exception {
    Settings settings = Settings.read(configuration(), CommandCatalog.scopeWords());
    Daemon daemon = new Daemon(settings, Clock.systemDefaultZone(), "test");
    daemon.start();
    try {
      for (String user : USERS) {
        assertThat(table(ssh(daemon.port(), user))).isEqualTo(ofDoveadm(user)).hasSize(3);
      }
    } finally {
      daemon.stop(Duration.ofSeconds(1));
    }
  }

  private String ssh(int port, String user) throws Exception {
    return run(
            0,
            "ssh",
            "-F",
            "none",
            "-p",
            "" + port,
            "-i",
            root.resolve("key").toString(),
            "-o",
            "IdentitiesOnly=yes",
            "-o",
            "BatchMode=yes",
            "-o",
            "LogLevel=ERROR",
            "-o",
            "StrictHostKeyChecking=no",
            "-o",
            "UserKnownHostsFile=/dev/null",
            "admin@127.0.0.1",
            "doveadm -f tab mailbox status -u "
                + user
                + " 'messages unseen uidnext uidvalidity' '*'")
        .out();
  }

  private static void allAreTheSame(Result setup, int users) {
    assertThat(setup.out().lines().filter(line -> line.endsWith("  the same")).count())
        .as(setup.out())
        .isEqualTo(users);
  }

  @Test
  void usersOfOneUidInAFile() throws Exception {
    users(":");
    dovecot(
        """
        mail_location = maildir:~/Maildir
        mail_uid = nobody
        mail_gid = nogroup
        passdb {
          driver = passwd-file
          args = ROOT/users
        }
        userdb {
          driver = passwd-file
          args = ROOT/users
        }
        """);
    Result setup = setupOfDovecot(0);
    allAreTheSame(setup, 3);
    assertThat(setup.out()).contains("the server runs as that user").doesNotContain("{PLAIN}");
    answersLikeDoveadm();
    setup(0, "--undo");
    assertThat(configuration()).doesNotExist();
  }

  @Test
  void usersOfSeveralUids() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < USERS.size(); i++) {
      int uid = 22_000 + i;
      run(0, "chown", "-R", uid + ":" + uid, home(USERS.get(i)).toString());
      lines.append(
          "%s:{PLAIN}x:%d:%d::%s::\n".formatted(USERS.get(i), uid, uid, home(USERS.get(i))));
    }
    Files.writeString(root.resolve("users"), lines);
    dovecot(
        "mail_location = maildir:~/Maildir\nuserdb {\n driver = passwd-file\n args = ROOT/users\n}\n");
    Result setup = setupOfDovecot(0, "--dry-run");
    allAreTheSame(setup, 3);
    assertThat(setup.out()).contains("3 users of the system", "doveadm-supervisor");
    assertThat(configuration()).doesNotExist();
    for (int i = 0; i < USERS.size(); i++) {
      int uid = 22_000 + i;
      try (Stream<Path> all = Files.walk(home(USERS.get(i)))) {
        for (Path each : all.toList()) {
          assertThat(Files.getAttribute(each, "unix:uid")).as(each.toString()).isEqualTo(uid);
        }
      }
    }
  }

  @Test
  void usersWhomOnlyTheRunningDovecotKnows() throws Exception {
    users("65534:65534");
    dovecot(
        """
        mail_location = maildir:~/Maildir
        userdb {
          driver = passwd-file
          args = ROOT/users
          override_fields = asked_as=%{orig_user}
        }
        """);
    Result setup = setupOfDovecot(0);
    allAreTheSame(setup, 3);
    assertThat(setup.out()).contains("the running Dovecot is asked instead", "%{orig_user}");
    answersLikeDoveadm();
  }

  @Test
  void usersOfTheSystem() throws Exception {
    mail("nobody", 65534);
    dovecot(
        "mail_location = maildir:ROOT/homes/%u/Maildir\nfirst_valid_uid = 65534\n"
            + "userdb {\n driver = passwd\n}\n");
    Result setup = setupOfDovecot(0, "-u", "nobody", "--dry-run");
    assertThat(setup.out()).containsPattern("nobody +3 +[0-9]+ +[0-9]+  the same");
  }

  @Test
  void usersInADatabase() throws Exception {
    users("65534:65534");
    dovecot(
        "mail_location = maildir:~/Maildir\nuserdb {\n driver = passwd-file\n args = ROOT/users\n}\n");
    Path database = root.resolve("users.sqlite");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE users (email TEXT)");
      for (String user : USERS) {
        statement.execute("INSERT INTO users VALUES ('" + user + "')");
      }
    }
    Files.writeString(
        root.resolve("dovecot-sql.conf.ext"),
        """
        driver = sqlite
        connect = %1$s
        user_query = SELECT "%2$s/homes/%%u" AS home, 65534 AS uid, 65534 AS gid FROM users WHERE email = '%%u'
        iterate_query = SELECT email AS user FROM users
        """
            .formatted(database, root));
    Files.writeString(
        root.resolve("doveconf"),
        "# 2.3.19.1 (9b53102964): /etc/dovecot/dovecot.conf\nmail_location = maildir:~/Maildir\n"
            + "userdb {\n args = "
            + root.resolve("dovecot-sql.conf.ext")
            + "\n driver = sql\n}\n");
    Result setup = setup(0, "--doveconf", root.resolve("doveconf").toString());
    assertThat(setup.out()).contains("3 users listed, 3 opened", "(not asked)");
    answersLikeDoveadm();
  }

  @Test
  void aDoveconfThatFailsWritesNothing() throws Exception {
    Files.writeString(root.resolve("dovecot.conf"), "no_such_setting = yes\n");
    Result setup = setupOfDovecot(78);
    assertThat(setup.error())
        .contains("doveconf -n has failed", "no_such_setting")
        .doesNotContain("Exception");
    assertThat(configuration()).doesNotExist();
  }

  @Test
  void mailThatDovecotSeesOtherwiseIsSaid() throws Exception {
    users("65534:65534");
    dovecot(
        "mail_location = maildir:~/Maildir\nuserdb {\n driver = passwd-file\n args = ROOT/users\n}\n");
    Files.writeString(
        root.resolve("doveadm"), "#!/bin/sh\nprintf 'mailbox\\tmessages\\nINBOX\\t99\\n'\n");
    assertThat(root.resolve("doveadm").toFile().setExecutable(true)).isTrue();
    List<String> words =
        new ArrayList<>(List.of("env", "PATH=" + root + ":" + System.getenv("PATH")));
    words.addAll(TestSite.java("org.doveadmsshd.server.Main"));
    words.addAll(List.of("-c", configuration().toString(), "setup", "--dry-run"));
    words.addAll(List.of("--key", root.resolve("key.pub").toString()));
    words.addAll(List.of("--dovecot-config", root.resolve("dovecot.conf").toString()));
    assertThat(run(65, words.toArray(String[]::new)).out()).contains("something else: ");
  }
}
