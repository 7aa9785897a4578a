package org.doveadmsshd.server.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.doveadmsshd.worker.Workers;
import org.doveadmsshd.worker.audit.AuditEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Command lines on a channel: their words, their exit codes, and what is noted of them. */
@Timeout(60)
class ExecCommandTest extends CalledServer {
  private Caller.Ended run(String line) throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      return admin.run(line);
    }
  }

  @Test
  void aLineIsCarriedOutAndNotedWithMasterKeyAndAddress() throws Exception {
    Caller.Ended search = run("doveadm search -A all");
    assertThat(search.code()).isZero();
    assertThat(search.lines())
        .hasSize(3)
        .allMatch(line -> line.matches("(jane|joe) [0-9a-f]+ \\d"));
    assertThat(search.error()).contains("3 users");
    AuditEvent noted = site.audit.next("command");
    assertThat(noted.master()).isEqualTo("admin");
    assertThat(noted.login().method()).startsWith("publickey SHA256:");
    assertThat(noted.login().address()).isEqualTo("127.0.0.1");
    assertThat(noted.arguments()).containsExactly("search", "-A", "all");
    assertThat(noted.exit()).isZero();
    assertThat(noted.text()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/usr/bin/doveadm user jane",
        "/opt/dovecot/bin/doveadm user jane",
        "doveadm   user \t jane",
        "'doveadm' \"user\" ja'ne'",
        "doveadm user -- jane"
      })
  void wordsAreTakenApartAsAShellDoesAndAPathBeforeTheProgramIsNoMatter(String line)
      throws Exception {
    Caller.Ended user = run(line);
    assertThat(user.code()).as(user.error()).isZero();
    assertThat(user.out()).contains("/homes/jane");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cat /etc/passwd | 127 | Only doveadm commands",
        "\"\" | 127 | Only doveadm commands",
        "doveadm-evil who | 127 | Only doveadm commands",
        "bin/doveadm who | 127 | Only doveadm commands",
        "/usr/bin/doveadmx who | 127 | Only doveadm commands",
        "doveadm who; cat /etc/passwd | 64 | ",
        "doveadm search -u jane \"subject x | 64 | A quote is not closed",
        "doveadm nosuch | 64 | Unknown command: nosuch",
        "doveadm | 64 | Missing command",
        "doveadm search -u nobody all | 67 | User doesn't exist: nobody",
        "doveadm search -u jane mailbox Nope all | 68 | Mailbox doesn't exist: Nope",
        "doveadm expunge -u jane all | 64 | must name a mailbox",
        "doveadm search -F /etc/passwd all | 64 | opens no files",
      })
  void whatCannotBeCarriedOutIsSaidWithItsExitCode(String line, int code, String says)
      throws Exception {
    Caller.Ended ended = run(line);
    assertThat(ended.error()).contains(says == null ? "" : says).doesNotContain("Exception");
    assertThat(ended.out()).isEmpty();
    assertThat(ended.code()).isEqualTo(code);
    assertThat(site.audit.next("command").exit()).as("noted").isEqualTo(code);
  }

  @Test
  void aLineThatIsNoneIsNotedWithoutItsWordsForTheyMayBeAPassword() throws Exception {
    assertThat(run("doveadm pw -p 'secret").code()).isEqualTo(64);
    AuditEvent noted = site.audit.next("command");
    assertThat(noted.arguments()).containsExactly("****");
    assertThat(noted.text()).isEqualTo("a line that is none");
  }

  @Test
  void anotherProgramIsNotedAsOne() throws Exception {
    assertThat(run("scp -t secret").code()).isEqualTo(127);
    AuditEvent noted = site.audit.next("command");
    assertThat(noted.text()).isEqualTo("no doveadm command");
    assertThat(noted.arguments()).contains("scp").doesNotContain("secret");
  }

  @Test
  void passwordsAreNotedByNobody() throws Exception {
    assertThat(run("doveadm pw -s PLAIN -p secret").out()).isEqualTo("{PLAIN}secret\n");
    AuditEvent noted = site.audit.next("command");
    assertThat(noted.arguments()).contains("pw").doesNotContain("secret");
  }

  @Test
  void standardInputIsWhatACommandReads() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call save = admin.begin("doveadm save -u mary");
      save.say("Subject: typed\n\nHello\n");
      Caller.Ended ended = save.withoutInput().end();
      assertThat(ended.code()).as(ended.error()).isZero();
    }
    assertThat(site.work.mail("mary").mails("INBOX")).hasSize(1);
    assertThat(site.work.mail("mary").mails("INBOX").get(0).text()).contains("Subject: typed");
  }

  @Test
  void inputThatIsLargerThanTheWindowArrivesWhole() throws Exception {
    String body = ("x".repeat(70) + "\n").repeat(15_000);
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call save = admin.begin("doveadm save -u mary");
      save.say("Subject: large\n\n" + body);
      assertThat(save.withoutInput().end().code()).isZero();
    }
    assertThat(site.work.mail("mary").mails("INBOX").get(0).text()).endsWith("\n\n" + body);
  }

  @Test
  void namesOfUsersAreReadFromStandardInputAsTheyCome() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call search = admin.begin("doveadm search -F - all");
      search.say("jane\n");
      search.out().await("jane ");
      search.say("joe\n");
      Caller.Ended ended = search.withoutInput().end();
      assertThat(ended.code()).isZero();
      assertThat(ended.out()).containsSubsequence("jane ", "jane ", "joe ");
    }
  }

  @Test
  void outputThatIsLargerThanTheWindowArrivesWhole() throws Exception {
    String body = ("y".repeat(70) + "\n").repeat(15_000);
    site.mail("mary", "large", body);
    Caller.Ended fetch = run("doveadm fetch -u mary body all");
    assertThat(fetch.code()).isZero();
    assertThat(fetch.out().split("y{70}", -1)).hasSize(15_001);
  }

  @Test
  void manyCommandsGoOnAtOnceOnOneConnection() throws Exception {
    site.work.hold("jane");
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call first = admin.begin("doveadm search -u jane all");
      assertThat(site.work.awaitBegun()).isEqualTo("jane");
      assertThat(admin.run("doveadm search -u joe all").lines()).hasSize(1);
      site.work.release("jane");
      assertThat(first.end().lines()).hasSize(2);
    }
  }

  @Test
  void whoIsNoMasterAnyMoreMayNotGoOn() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      assertThat(admin.run("doveadm user jane").code()).isZero();
      site.rule(Map.of());
      Caller.Ended refused = admin.run("doveadm user jane");
      assertThat(refused.code()).isEqualTo(77);
      assertThat(refused.error()).contains("not a master user of this server any more");
      assertThat(refused.out()).isEmpty();
    }
  }

  @Test
  void aScopeThatIsNarrowedCountsAtOnce() throws Exception {
    try (Caller.LoggedIn helper = caller.login("helper", MemorySite.HELPER)) {
      assertThat(helper.run("doveadm search -A all").lines()).hasSize(3);
      assertThat(helper.run("doveadm search -u mary all").code()).isEqualTo(77);
      assertThat(helper.run("doveadm expunge -u jane mailbox INBOX all").code()).isEqualTo(77);
    }
    assertThat(site.work.mail("jane").mails("INBOX")).hasSize(2);
  }

  @Test
  void aCommandThatCannotBeAccountedForHasFailed() throws Exception {
    site.audit.refuse("command");
    Caller.Ended user = run("doveadm user jane");
    assertThat(user.code()).isEqualTo(75);
    assertThat(user.error()).contains("cannot account for this command");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cat x", "doveadm pw 'x"})
  void aRefusalThatCannotBeAccountedForDoesNotLetTheClientDown(String line) throws Exception {
    site.audit.refuse("command");
    Caller.Ended refused = run(line);
    assertThat(refused.code()).isPositive();
    assertThat(refused.error()).startsWith("doveadm: Error: ").hasLineCount(1);
  }

  @Test
  void nothingIsDoneForWhatCouldNotBeAccountedFor() throws Exception {
    site.audit.close();
    Caller.Ended pw = run("doveadm pw -s PLAIN -p x");
    assertThat(pw.code()).isEqualTo(75);
    assertThat(pw.error()).contains("The audit log is closed");
    assertThat(pw.out()).isEmpty();
    Caller.Ended expunge = run("doveadm expunge -u jane mailbox INBOX all");
    assertThat(expunge.code()).isEqualTo(75);
    assertThat(site.work.mail("jane").mails("INBOX")).hasSize(2);
  }

  @Test
  void aFaultOfTheProgramIsOneSentenceAndAnExitCodeAndIsNoted() throws Exception {
    Workers broken =
        () -> {
          throw new IllegalStateException("a fault");
        };
    restart(plan -> plan.workers = broken);
    Caller.Ended ended = run("doveadm search -u jane all");
    assertThat(ended.code()).isEqualTo(75);
    assertThat(ended.error())
        .contains("The server failed to carry this out; its log says more")
        .doesNotContain("IllegalState");
    assertThat(site.audit.next("command").text()).isEqualTo("a fault of the program");
  }

  @Test
  void aFaultInTheWorkForOneUserIsThatUsersFailure() throws Exception {
    site.work.breakBy(new IllegalStateException("a fault"));
    Caller.Ended ended = run("doveadm search -u jane all");
    assertThat(ended.code()).isEqualTo(75);
    assertThat(ended.error()).doesNotContain("IllegalState").contains("jane");
  }

  @Test
  void aServerWithoutMemoryRefusesRunsAndStillSaysWhatGoesOn() throws Exception {
    restart(plan -> plan.memory = 250 * 1024);
    Caller.Ended search = run("doveadm search -u jane all");
    assertThat(search.code()).isEqualTo(75);
    assertThat(search.error()).contains("no memory for a further command; try again later");
    assertThat(run("doveadm who").out()).contains("admin");
  }

  @Test
  void aServerThatHasNoThreadsLeftSaysSoByTheExitCode() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      site.endThreads();
      assertThat(admin.run("doveadm user jane").code()).isEqualTo(75);
    }
  }

  @Test
  void commandsAboutTheServerReachIt() throws Exception {
    assertThat(run("doveadm reload").code()).isZero();
    assertThat(site.told.take()).isEqualTo("reload");
    assertThat(run("doveadm stop").code()).isZero();
    assertThat(site.told.take()).isEqualTo("stop");
    assertThat(run("doveadm config").lines()).containsExactly("port = 0", "host_key = memory");
    try (Caller.LoggedIn helper = caller.login("helper", MemorySite.HELPER)) {
      assertThat(helper.run("doveadm reload").code()).isEqualTo(77);
      assertThat(helper.run("doveadm stop").code()).isEqualTo(77);
    }
    assertThat(site.told).isEmpty();
  }
}
