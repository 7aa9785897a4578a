package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.auth.Passdb.Verdict;
import org.doveadmsshd.auth.dovecot.DovecotPassdb;
import org.doveadmsshd.auth.dovecot.DovecotUserdb;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Masters and users of a running Dovecot, asked over its own sockets. */
class DovecotAuthTest {
  @TempDir static Path directory;
  private static TestSite site;
  private static Process dovecot;
  private static Path run;

  @BeforeAll
  static void start() throws Exception {
    assumeThat(LiveDovecot.isPossible()).isTrue();
    site = new TestSite(directory.resolve("site"), 4);
    run = Files.createTempDirectory("auth"); // names of sockets are short
    for (Path readable : List.of(directory, run)) { // Dovecot's auth process is a user of its own
      Files.setPosixFilePermissions(readable, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    Files.writeString(run.resolve("masters"), "admin:{PLAIN}of dovecot\n");
    Files.writeString(
        run.resolve("mailusers"),
        "jane@example.org:{PLAIN}hers:::::: allow_nets=192.0.2.0/24\n"
            + "joe@example.org:{PLAIN}his::::::\n"
            + "away@example.org:{PLAIN}x:::::: proxy=y host=192.0.2.99\n");
    String configuration =
        """
        base_dir = %1$s/run
        state_dir = %1$s/state
        log_path = %1$s/log
        protocols =
        ssl = no
        first_valid_uid = 1
        auth_failure_delay = 0
        passdb {
          driver = passwd-file
          args = %1$s/masters
          master = yes
          result_success = continue
        }
        passdb {
          driver = passwd-file
          args = %1$s/mailusers
        }
        userdb {
          driver = passwd-file
          args = %2$s
          default_fields = uid=nobody gid=nogroup
        }
        service auth {
          unix_listener auth-client {
            mode = 0600
          }
          unix_listener auth-userdb {
            mode = 0600
          }
        }
        """
            .formatted(run, site.directory.resolve("users"));
    dovecot = LiveDovecot.start(run, configuration, "run/auth-userdb");
  }

  @AfterAll
  static void stop() throws Exception {
    if (site != null) {
      dovecot.destroy();
      dovecot.waitFor(10, TimeUnit.SECONDS);
      site.close();
    }
  }

  private static DovecotPassdb passdb() {
    return new DovecotPassdb(run.resolve("run/auth-client"), "");
  }

  private static Verdict verdict(String user, String password, String address, String mailUser)
      throws Exception {
    return passdb().verify(new LoginAttempt(user, password, address, mailUser)).verdict();
  }

  @Test
  void aMasterMayWantTheMailOfWhoeverExists() throws Exception {
    assertThat(verdict("admin", "of dovecot", "192.0.2.1", "joe@example.org"))
        .isEqualTo(Verdict.RIGHT);
    assertThat(verdict("admin", "wrong", "", "joe@example.org")).isEqualTo(Verdict.WRONG);
    assertThat(verdict("admin", "of dovecot", "", "nobody@example.org")).isEqualTo(Verdict.WRONG);
    assertThat(verdict("admin", "of dovecot", "", "")).as("no mail user").isEqualTo(Verdict.WRONG);
    assertThat(verdict("joe@example.org", "his", "", "jane@example.org")).isEqualTo(Verdict.WRONG);
  }

  @Test
  void itsOwnRestrictionsHold() throws Exception {
    assertThat(verdict("jane@example.org", "hers", "192.0.2.5", "")).isEqualTo(Verdict.RIGHT);
    assertThat(verdict("jane@example.org", "hers", "198.51.100.1", "")).isEqualTo(Verdict.WRONG);
    assertThat(verdict("joe@example.org", "his", "", "")).isEqualTo(Verdict.RIGHT);
  }

  @Test
  void usersAreLookedUpAndListed() throws Exception {
    try (DovecotUserdb userdb = new DovecotUserdb(run.resolve("run/auth-userdb"), false)) {
      List<String> names = new ArrayList<>();
      userdb.forEach(names::add);
      List<String> expected = new ArrayList<>();
      for (String line : Files.readAllLines(site.directory.resolve("users"))) {
        expected.add(line.substring(0, line.indexOf(':')));
      }
      assertThat(names).containsExactlyInAnyOrderElementsOf(expected);
      MailUser user = userdb.find(names.get(0)).get();
      assertThat(user.home().get()).startsWith(site.directory.toString());
      assertThat(user.fields()).containsKey("uid");
      assertThat(userdb.find("nobody@example.org")).isEmpty();
      assertThat(userdb.find("x' OR '1'='1\t\n")).isEmpty();
    }
  }

  @Test
  void aUserOfAnotherHostIsNotLookedForHere() throws Exception {
    try (DovecotUserdb userdb = new DovecotUserdb(run.resolve("run/auth-userdb"), true)) {
      assertThat(userdb.find("away@example.org").get().proxyHost()).contains("192.0.2.99");
    }
  }

  @Test
  void everythingIsAsWithOurOwnFilesForWhoeverUsesIt() throws Exception {
    Path file = site.directory.resolve("sshd.conf");
    String before = Files.readString(file);
    List<String> users = site.doveadm("user '*'").lines();
    configure(before, "master_for=joe@example.org " + run + "/run/auth-client", "auth-userdb");
    assertThat(site.doveadm("user '*'").lines()).containsExactlyInAnyOrderElementsOf(users);
    assertThat(site.doveadm("-f tab mailbox status -A messages INBOX").lines())
        .hasSize(users.size() + 1);
    assertThat(site.withPassword("secret").code()).isEqualTo(255);
    assertThat(site.withPassword("of dovecot").code()).isZero();
    configure(before, run + "/nothing-there", "nothing-there");
    TestSite.Result down = site.doveadm("search -u " + users.get(0) + " all");
    assertThat(down.code()).isEqualTo(75);
    assertThat(down.error()).contains("Dovecot cannot be asked on");
    assertThat(site.withPassword("of dovecot").error()).contains("cannot be verified");
    Files.writeString(file, before);
    assertThat(site.doveadm("reload").code()).isZero();
  }

  private static void configure(String before, String passdb, String userdb) throws Exception {
    String after =
        before
            .replaceAll(
                "passdb \\{[^}]*}", "passdb {\n driver = dovecot\n args = " + passdb + "\n}")
            .replaceAll(
                "userdb \\{[^}]*}",
                "userdb {\n driver = dovecot\n args = " + run + "/run/" + userdb + "\n}");
    write(after);
  }

  private static void write(String configuration) throws IOException, InterruptedException {
    Files.writeString(site.directory.resolve("sshd.conf"), configuration);
    assertThat(site.doveadm("reload").code()).isZero();
  }
}
