package org.doveadmsshd.server.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.time.Duration;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.doveadmsshd.worker.audit.AuditEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that do not go on to their end: stopped, left alone, not read from, not sent to. */
@Timeout(60)
class InterruptionTest extends CalledServer {
  private static final String LARGE = ("z".repeat(70) + "\n").repeat(15_000);

  private void awaitNobody() throws Exception {
    Await.until("no run is under way", () -> site.sessions.activeSessions().isEmpty());
  }

  private Caller.Call held(Caller.LoggedIn admin) throws Exception {
    site.work.hold("jane");
    Caller.Call running = admin.begin("doveadm expunge -u jane mailbox INBOX all");
    assertThat(site.work.awaitBegun()).isEqualTo("jane");
    return running;
  }

  private void assertNothingWasDone() {
    assertThat(site.work.mail("jane").mails("INBOX")).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM", "HUP"})
  void aSignalStopsTheRunAndItStillEndsInWords(String signal) throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call running = held(admin);
      running.signal(signal);
      Caller.Ended ended = running.end();
      assertThat(ended.code()).isEqualTo(75);
      assertThat(ended.error()).contains("Stopped");
      AuditEvent noted = site.audit.next("command");
      assertThat(noted.exit()).isEqualTo(75);
      assertThat(noted.text()).as("it ended by itself").isEmpty();
      assertNothingWasDone();
      assertThat(admin.run("doveadm user jane").code()).as("the next one").isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"USR1", "WINCH", "KILL", "nonsense", ""})
  void otherSignalsStopNothing(String signal) throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call running = held(admin);
      running.signal(signal);
      assertThat(admin.run("doveadm user joe").code()).as("sent after the signal").isZero();
      site.work.release("jane");
      assertThat(running.end().code()).isZero();
      assertThat(site.work.mail("jane").mails("INBOX")).isEmpty();
    }
  }

  @Test
  void aSignalEndsTheWaitForInputAndNothingIsStored() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call save = admin.begin("doveadm save -u mary");
      save.say("Subject: half of it\n\n");
      Await.until("it has begun", () -> !site.sessions.activeSessions().isEmpty());
      save.signal("INT");
      Caller.Ended ended = save.end();
      assertThat(ended.code()).isEqualTo(75);
      assertThat(ended.error()).contains("Stopped");
      assertThat(site.work.mail("mary").mails("INBOX")).isEmpty();
    }
  }

  @Test
  void aClientThatClosesTheChannelStopsItsRunOnly() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call running = held(admin);
      running.channel().close(false);
      assertThat(site.audit.next("user").exit()).isEqualTo(75);
      awaitNobody();
      assertNothingWasDone();
      assertThat(admin.run("doveadm user joe").code()).isZero();
    }
  }

  @Test
  void aConnectionThatBreaksStopsAllItsRunsAndNoOthers() throws Exception {
    try (Caller.LoggedIn other = caller.admin();
        Caller.LoggedIn admin = caller.admin()) {
      site.work.hold("joe");
      final Caller.Call stays = other.begin("doveadm search -u joe all");
      assertThat(site.work.awaitBegun()).isEqualTo("joe");
      held(admin);
      admin.begin("doveadm save -u mary");
      Await.until("all have begun", () -> site.sessions.activeSessions().size() == 3);
      admin.session().close(true);
      Await.until("one is left", () -> site.sessions.activeSessions().size() == 1);
      site.work.release("joe");
      assertThat(stays.end().code()).isZero();
      assertNothingWasDone();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void halfAMailOfAClientThatHasGoneIsNotStored(boolean connectionBreaks) throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call save = admin.begin("doveadm save -u mary");
      save.say("Subject: half of it\n\n" + LARGE.substring(0, 40_000));
      Await.until("some of it has been read", () -> save.channel().getRemoteWindow().getSize() > 0);
      if (connectionBreaks) {
        admin.session().close(true);
      } else {
        Buffer close = admin.session().createBuffer(SshConstants.SSH_MSG_CHANNEL_CLOSE, 16);
        close.putUInt(save.channel().getRecipient());
        admin.session().writePacket(close); // without an end of the input before it
      }
      AuditEvent noted = site.audit.next("command");
      assertThat(noted.exit()).isEqualTo(75);
      awaitNobody();
      assertThat(site.work.mail("mary").mails("INBOX")).isEmpty();
    }
  }

  @Test
  void inputThatNeverComesIsWaitedForAsLongAsInputTimeoutSays() throws Exception {
    restart(plan -> plan.inputTimeout = Duration.ofMillis(200));
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Ended save = admin.begin("doveadm save -u mary").end();
      assertThat(save.code()).isEqualTo(75);
      assertThat(save.error()).contains("Nothing came on standard input for").hasLineCount(1);
      Caller.Ended search = admin.begin("doveadm search -F - all").end();
      assertThat(search.code()).isEqualTo(75);
      assertThat(search.error()).contains("input_timeout");
    }
    assertThat(site.work.begunBesides()).as("no user was touched").isEmpty();
  }

  @Test
  void aCommandThatReadsNothingDoesNotMindInputThatNeverEnds() throws Exception {
    restart(plan -> plan.inputTimeout = Duration.ofMillis(1));
    site.work.hold("jane");
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call search = admin.begin("doveadm search -u jane all");
      site.work.awaitBegun();
      assertThat(admin.run("doveadm user joe").code()).isZero();
      site.work.release("jane");
      assertThat(search.end().code()).isZero();
    }
  }

  @Test
  void aClientThatDoesNotReadHoldsUpItselfOnlyAndGetsEverythingWhenItReads() throws Exception {
    site.mail("mary", "large", LARGE);
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call unread = admin.beginUnread("doveadm fetch -u mary body all");
      assertThat(site.work.awaitBegun()).isEqualTo("mary");
      assertThat(admin.run("doveadm search -u jane all").lines()).hasSize(2);
      assertThat(admin.run("doveadm who").out()).contains("fetch -u mary body all");
      try (InputStream out = unread.channel().getInvertedOut()) {
        assertThat(new String(out.readAllBytes()).split("z{70}", -1)).hasSize(15_001);
      }
      assertThat(unread.end().code()).isZero();
    }
  }

  @Test
  void outputThatNobodyTakesIsGivenUpAfterWriteTimeout() throws Exception {
    restart(plan -> plan.writeTimeout = Duration.ofMillis(200));
    site.mail("mary", "large", LARGE);
    try (Caller.LoggedIn admin = caller.admin()) {
      admin.beginUnread("doveadm fetch -u mary body all");
      AuditEvent noted = site.audit.next("command");
      assertThat(noted.exit()).isEqualTo(75);
      assertThat(noted.text()).isEqualTo("the client has gone");
      awaitNobody();
      assertThat(admin.run("doveadm search -u jane all").code()).isZero();
    }
  }

  @Test
  void aSignalOfAClientThatDoesNotReadEndsItsRun() throws Exception {
    site.mail("mary", "large", LARGE);
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call unread = admin.beginUnread("doveadm fetch -u mary body all");
      site.work.awaitBegun();
      unread.signal("INT");
      assertThat(site.audit.next("command").exit()).isEqualTo(75);
      awaitNobody();
    }
  }

  @Test
  void whoIsKickedIsToldSo() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      final Caller.Call running = held(admin);
      Caller.Call save = admin.begin("doveadm save -u mary");
      Await.until("both have begun", () -> site.sessions.activeSessions().size() == 2);
      assertThat(admin.run("doveadm kick admin").lines()).hasSize(3);
      for (Caller.Call each : new Caller.Call[] {running, save}) {
        Caller.Ended ended = each.end();
        assertThat(ended.code()).isEqualTo(75);
        assertThat(ended.error()).contains("Ended by an administrator (kick)");
      }
      assertNothingWasDone();
    }
  }

  @Test
  void aRunOfManyUsersBeginsNoFurtherOnesOnceItIsStopped() throws Exception {
    site.accounts.users.clear();
    for (int i = 0; i < 50; i++) {
      site.accounts.users.add("user" + i);
      site.work.hold("user" + i);
    }
    try (Caller.LoggedIn admin = caller.admin()) {
      Caller.Call search = admin.begin("doveadm search -A all");
      site.work.awaitBegun();
      site.work.awaitBegun();
      search.signal("INT");
      Caller.Ended ended = search.end();
      assertThat(ended.code()).isEqualTo(75);
      assertThat(ended.error()).contains("2 stopped", "not begun");
      assertThat(site.work.begunBesides()).isEmpty();
    }
  }
}
