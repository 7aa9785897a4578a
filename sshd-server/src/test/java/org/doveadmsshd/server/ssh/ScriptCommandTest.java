package org.doveadmsshd.server.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A shell for a client that has no terminal: what it sends is a script. */
@Timeout(60)
class ScriptCommandTest {
  private MemorySite site = new MemorySite();
  private Caller caller = new Caller(site);

  @AfterEach
  void stop() throws Exception {
    caller.close();
    site.close();
  }

  private Caller.Ended run(String script) throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call call = admin.shell();
      call.say(script);
      return call.withoutInput().end();
    }
  }

  @Test
  void commandsAreCarriedOutOneAfterAnother() throws Exception {
    Caller.Ended ended =
        run("# who is there\nuser ja*\ndoveadm user m*\nuse jane\nsearch all # hers\n");
    assertThat(ended.error()).isEmpty();
    assertThat(ended.lines()).startsWith("jane", "mary").hasSizeGreaterThan(2);
    assertThat(ended.code()).isZero();
  }

  @Test
  void theFirstFailureEndsItWithItsLineAndItsCode() throws Exception {
    String script =
        IntStream.rangeClosed(1, 1000)
            .mapToObj(i -> i == 500 ? "search -u nobody all" : "user m*")
            .collect(Collectors.joining("\n"));
    Caller.Ended ended = run(script);
    assertThat(ended.code()).isEqualTo(67);
    assertThat(ended.lines()).hasSize(499).containsOnly("mary");
    assertThat(ended.error()).contains("line 500: search -u nobody all (exit 67)");
  }

  @Test
  void afterOnErrorContinueItGoesOn() throws Exception {
    Caller.Ended ended = run("on-error continue\nsearch -u nobody all\nuser m*\n");
    assertThat(ended.code()).isEqualTo(67);
    assertThat(ended.lines()).containsExactly("mary");
  }

  @Test
  void eachCommandIsAccountedForByItself() throws Exception {
    run("user m*\nuser ja*\n");
    assertThat(site.audit.of("command"))
        .extracting(event -> event.arguments())
        .containsExactly(List.of("user", "m*"), List.of("user", "ja*"));
  }

  @Test
  void aCommandIsCarriedOutBeforeTheNextOneHasCome() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call call = admin.shell();
      call.say("user m*\n");
      call.awaits("mary\n");
      call.say("user ja*\nsearch -u nobody ");
      call.awaits("jane\n");
      call.say("all\n");
      assertThat(call.end().code()).isEqualTo(67);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"user 'mary", "user \0mary", "user m* | cat", "user m* <<END\n"})
  void whatCannotBeReadIsNotDone(String line) throws Exception {
    Caller.Ended ended = run("user ja*\n" + line);
    assertThat(ended.code()).isEqualTo(64);
    assertThat(ended.lines()).containsExactly("jane");
    assertThat(ended.error()).startsWith("doveadm: Error: line 2: ").hasLineCount(1);
  }

  @Test
  void aClientThatGoesAwayStopsTheCommandUnderWay() throws Exception {
    site.work.hold("jane");
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call call = admin.shell();
      call.say("search -u jane all\nuser m*\n");
      site.work.awaitBegun();
    }
    Await.until("nothing goes on", () -> site.sessions.activeSessions().isEmpty());
  }

  @Test
  void aSignalStopsTheCommandUnderWayAndTheScript() throws Exception {
    site.work.hold("jane");
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call call = admin.shell();
      call.say("on-error continue\nsearch -u jane all\nuser m*\n");
      site.work.awaitBegun();
      call.signal("INT");
      Caller.Ended ended = call.end();
      assertThat(ended.code()).isEqualTo(75);
      assertThat(ended.out()).isEmpty();
      assertThat(ended.error()).contains("The script ends behind line 2: Ended by a signal");
    }
  }

  @Test
  void aKickEndsTheCommandAndTheScript() throws Exception {
    site.work.hold("jane");
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call call = admin.shell();
      call.say("on-error continue\nsearch -u jane all\nuser m*\n");
      site.work.awaitBegun();
      site.sessions.kick(session -> session.doing().contains("search"));
      Caller.Ended ended = call.end();
      assertThat(ended.code()).isEqualTo(75);
      assertThat(ended.out()).isEmpty();
      assertThat(ended.error()).contains("kick");
    }
  }

  @Test
  void aKickEndsAScriptThatWaitsForItsNextCommand() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call call = admin.shell();
      call.say("user m*\n");
      call.awaits("mary\n");
      site.sessions.kick(session -> session.kind().equals("script"));
      Caller.Ended ended = call.end();
      assertThat(ended.code()).isEqualTo(75);
      assertThat(ended.error()).contains("behind line 1: Ended by an administrator (kick)");
    }
  }

  @Test
  void aScriptThatDoesNotComeEnds() throws Exception {
    stop();
    site = new MemorySite(plan -> plan.inputTimeout = Duration.ofMillis(200));
    caller = new Caller(site);
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call call = admin.shell();
      call.say("user ma");
      Caller.Ended ended = call.end();
      assertThat(ended.code()).isEqualTo(75);
      assertThat(ended.error()).contains("input_timeout");
      assertThat(ended.out()).isEmpty();
    }
  }

  @Test
  void helpKnowsWhatScriptsHaveBesideCommands() throws Exception {
    Caller.Ended ended = run("help on-error\nhelp use\nhelp\n");
    assertThat(ended.code()).isZero();
    assertThat(ended.out()).contains("usage: on-error ", "usage: use ", "usage: doveadm ");
  }

  @Test
  void whatNeedsATerminalIsRefused() throws Exception {
    for (String line : List.of("watch 1s who", "watch 1s batch -A : expunge mailbox INBOX all")) {
      Caller.Ended ended = run(line + "\n");
      assertThat(ended.code()).isEqualTo(64);
      assertThat(ended.error()).contains("watch: ", "line 1: ");
    }
    assertThat(site.work.mail("jane").mails("INBOX")).hasSize(2);
  }

  @Test
  void whereScriptsAskTheyMustSayYes() throws Exception {
    String expunge = "expunge %s-A mailbox INBOX all\nsearch -A mailbox INBOX all\n";
    assertThat(run(expunge.formatted("")).code()).isZero();
    stop();
    site = new MemorySite(plan -> plan.scriptsAsk = true);
    caller = new Caller(site);
    Caller.Ended refused = run(expunge.formatted(""));
    assertThat(refused.code()).isEqualTo(64);
    assertThat(refused.error()).contains("--yes", "nothing was done", "line 1: ");
    Caller.Ended done = run(expunge.formatted("--yes "));
    assertThat(done.code()).isZero();
    assertThat(done.out()).isEmpty();
  }

  @Test
  void manyCommandsNeedNoMoreMemoryThanFew() throws Exception {
    String line = "user m* # " + "x".repeat(1000) + "\n";
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call call = admin.shell();
      for (int i = 0; i < 300; i++) {
        call.in().write(line.getBytes(StandardCharsets.UTF_8));
      }
      Caller.Ended ended = call.withoutInput().end();
      assertThat(ended.code()).isZero();
      assertThat(ended.lines()).hasSize(300);
    }
  }
}
