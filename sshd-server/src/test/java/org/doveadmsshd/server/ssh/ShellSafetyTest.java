package org.doveadmsshd.server.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the shell asks before mails of several users are taken away. */
@Timeout(60)
class ShellSafetyTest {
  private static final String EXPUNGE = "expunge -A mailbox INBOX all\r";
  private static final String QUESTION = "of 2 users? Type yes: ";

  private final MemorySite site = new MemorySite();
  private final Caller caller = new Caller(site);

  @AfterEach
  void stop() throws Exception {
    caller.close();
    site.close();
  }

  private int left() {
    return site.work.mail("jane").mails("INBOX").size()
        + site.work.mail("joe").mails("INBOX").size();
  }

  private static Caller.Call shell(Caller.LoggedIn master) throws Exception {
    return master.shell("xterm", 80, 25).awaits("> ");
  }

  @Test
  void yesTakesThemAway() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call shell = shell(admin);
      shell.say(EXPUNGE);
      shell.awaits(QUESTION);
      assertThat(shell.out().text()).contains("  jane: 2 mails (", "  joe: 1 mail (", "Expunge 3 ");
      assertThat(left()).isEqualTo(3);
      shell.say("yes\r");
      shell.awaits("3 expunged");
      shell.say("exit\r");
      assertThat(shell.end().code()).isZero();
      assertThat(left()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"no\r", "\r", "y\r", "\u0003", "\u0004"})
  void anyOtherAnswerLeavesThemAlone(String answer) throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call shell = shell(admin);
      shell.say(EXPUNGE);
      shell.awaits(QUESTION);
      shell.say(answer);
      shell.awaits("Nothing was changed");
      shell.say("exit 0\r");
      assertThat(shell.end().code()).isZero();
      assertThat(left()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"expunge --yes -A mailbox INBOX all\r", "expunge -u jane mailbox INBOX all\r"})
  void whoSaysYesAndWhoNamesOneUserIsNotAsked(String line) throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call shell = shell(admin);
      shell.say(line);
      shell.say("exit 0\r");
      assertThat(shell.end().out()).doesNotContain("Type yes");
      assertThat(left()).isLessThan(3);
    }
  }

  @Test
  void controlCEndsTheCountAndNothingIsAsked() throws Exception {
    site.work.hold("jane");
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call shell = shell(admin);
      shell.say(EXPUNGE);
      site.work.awaitBegun();
      shell.say("\u0003");
      shell.awaits("Stopped");
      shell.say("exit 0\r");
      assertThat(shell.end().out()).doesNotContain("Type yes");
      assertThat(left()).isEqualTo(3);
    }
  }

  @Test
  void whenTheClientVanishesNothingIsDone() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call shell = shell(admin);
      shell.say(EXPUNGE);
      shell.awaits(QUESTION);
    }
    Await.until("nothing goes on", () -> site.sessions.activeSessions().isEmpty());
    assertThat(left()).isEqualTo(3);
  }
}
