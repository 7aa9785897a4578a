package org.doveadmsshd.server.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.command.ServerContext.Activity.ActiveSession;
import org.doveadmsshd.protocol.Extension;
import org.doveadmsshd.protocol.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The subsystem doveadm: lanes on channels of a connection. */
@Timeout(60)
class LaneCommandTest extends CalledServer {
  /** A lane, and the channel it is on. */
  private record Lane(ClientChannel channel, Conversation talk) {
    /** Waits for the end; the exit code, or -1 when there was none. */
    int end() {
      assertThat(channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), Caller.LONG))
          .contains(ClientChannelEvent.CLOSED);
      return channel.getExitStatus() == null ? -1 : channel.getExitStatus();
    }
  }

  private static Lane open(Caller.LoggedIn connection) throws IOException {
    ClientChannel channel = connection.session().createSubsystemChannel("doveadm");
    Conversation[] talk = new Conversation[1];
    channel.setOut(
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            talk[0].heard(bytes, offset, length);
          }
        });
    talk[0] =
        new Conversation(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                channel.getInvertedIn().write(b);
              }

              @Override
              public void write(byte[] bytes, int offset, int length) throws IOException {
                channel.getInvertedIn().write(bytes, offset, length);
              }

              @Override
              public void flush() throws IOException {
                channel.getInvertedIn().flush();
              }
            });
    channel.open().verify(Caller.LONG);
    return new Lane(channel, talk[0]);
  }

  @Test
  void theServerSaysWhoItIsAndWhomItTakesThePeerFor() throws Exception {
    try (Caller.LoggedIn helper = caller.login("helper", MemorySite.HELPER)) {
      Message.Hello hello = open(helper).talk().greet();
      assertThat(hello.master()).contains("helper");
      assertThat(hello.software()).isEqualTo("test 1.0");
      assertThat(hello.extensions()).containsExactly(Extension.CLOCK, Extension.LOAD);
    }
  }

  @Test
  void requestsAreAnsweredInTheirOrder() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Conversation talk = open(admin).talk();
      talk.greet();
      talk.say(
          Conversation.run(1, "jane", "search", "all"),
          Conversation.run(2, "joe", "search", "all"),
          Conversation.run(3, "nobody", "search", "all"),
          Conversation.run(4, "jane", "search", "subject", "two"));
      assertThat(talk.rows(1, Outcome.OK)).hasSize(2);
      assertThat(talk.rows(2, Outcome.OK)).hasSize(1);
      talk.rows(3, Outcome.NO_USER);
      assertThat(talk.rows(4, Outcome.OK)).hasSize(1);
      assertThat(talk.rest()).isEmpty();
    }
  }

  @Test
  void usersAreListedAsFarAsTheScopeReaches() throws Exception {
    try (Caller.LoggedIn helper = caller.login("helper", MemorySite.HELPER)) {
      Conversation talk = open(helper).talk();
      talk.greet();
      talk.say(new Message.ListUsers(7, "*"));
      assertThat(talk.rows(7, Outcome.OK)).containsExactly("[jane]", "[joe]");
    }
  }

  @Test
  void whatIsOutsideTheScopeIsRefusedAndTheLaneGoesOn() throws Exception {
    try (Caller.LoggedIn helper = caller.login("helper", MemorySite.HELPER)) {
      Conversation talk = open(helper).talk();
      talk.greet();
      talk.say(Conversation.run(1, "mary", "search", "all"));
      talk.rows(1, Outcome.NO_PERMISSION);
      talk.say(Conversation.run(1, "jane", "expunge", "mailbox", "INBOX", "all"));
      talk.rows(1, Outcome.NO_PERMISSION);
      talk.say(Conversation.run(1, "", "reload"));
      talk.rows(1, Outcome.NO_PERMISSION);
      talk.say(Conversation.run(1, "jane", "search", "all"));
      assertThat(talk.rows(1, Outcome.OK)).hasSize(2);
      assertThat(site.audit.of("user")).extracting("exit").containsExactly(77, 77, 77, 0);
    }
    assertThat(site.work.mail("jane").mails("INBOX")).hasSize(2);
    assertThat(site.told).isEmpty();
  }

  @Test
  void theScopeOfTheKeyCountsForALaneAsForACommand() throws Exception {
    site.authorizeOnly("admin", "scope=\"joe\",commands=\"search\"", MemorySite.STRANGER);
    try (Caller.LoggedIn narrow = caller.login("admin", MemorySite.STRANGER)) {
      Conversation talk = open(narrow).talk();
      talk.greet();
      talk.say(Conversation.run(1, "jane", "search", "all"));
      talk.rows(1, Outcome.NO_PERMISSION);
      talk.say(Conversation.run(2, "joe", "flags", "add", "x", "all"));
      talk.rows(2, Outcome.NO_PERMISSION);
      talk.say(Conversation.run(3, "joe", "search", "all"));
      assertThat(talk.rows(3, Outcome.OK)).hasSize(1);
    }
  }

  @Test
  void whoIsNoMasterAnyMoreIsRefusedOnAnOpenLane() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Conversation talk = open(admin).talk();
      talk.greet();
      talk.say(Conversation.run(1, "jane", "search", "all"));
      talk.rows(1, Outcome.OK);
      site.rule(Map.of());
      talk.say(Conversation.run(2, "jane", "search", "all"));
      talk.rows(2, Outcome.NO_PERMISSION);
    }
  }

  @Test
  void lanesOfOneConnectionDoNotWaitForEachOther() throws Exception {
    site.work.hold("jane");
    try (Caller.LoggedIn admin = caller.admin()) {
      Conversation first = open(admin).talk();
      Conversation second = open(admin).talk();
      first.greet();
      second.greet();
      first.say(Conversation.run(1, "jane", "search", "all"));
      assertThat(site.work.awaitBegun()).isEqualTo("jane");
      second.say(Conversation.run(1, "joe", "search", "all"));
      assertThat(second.rows(1, Outcome.OK)).hasSize(1);
      assertThat(admin.run("doveadm user jane").code()).as("a command beside them").isZero();
      List<ActiveSession> active = site.sessions.activeSessions();
      assertThat(active).extracting(ActiveSession::kind).containsOnly("lane").hasSize(2);
      assertThat(active).extracting(ActiveSession::doing).containsExactly("search jane", "");
      assertThat(active).extracting(ActiveSession::done).containsExactly(0L, 1L);
      site.work.release("jane");
      assertThat(first.rows(1, Outcome.OK)).hasSize(2);
    }
  }

  @Test
  void aLaneWhoseAnswersAreNotReadHoldsUpItselfOnly() throws Exception {
    site.mail("mary", "large", ("z".repeat(70) + "\n").repeat(15_000));
    try (Caller.LoggedIn admin = caller.admin()) {
      ClientChannel unread = admin.session().createSubsystemChannel("doveadm");
      unread.open().verify(Caller.LONG);
      new Conversation(unread.getInvertedIn())
          .say(Conversation.hello(), Conversation.run(1, "mary", "fetch", "body", "all"));
      assertThat(site.work.awaitBegun()).isEqualTo("mary");
      Conversation other = open(admin).talk();
      other.greet();
      other.say(Conversation.run(1, "jane", "search", "all"));
      assertThat(other.rows(1, Outcome.OK)).hasSize(2);
      unread.close(false);
      Await.until("it has ended", () -> site.sessions.activeSessions().size() == 1);
    }
  }

  @Test
  void whatACommandReadsIsAskedForAndThenSent() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Conversation talk = open(admin).talk();
      talk.greet();
      talk.say(Conversation.run(1, "mary", "save"));
      assertThat(talk.next(Message.Wanted.class).pieces()).isPositive();
      talk.say(new Message.Input(1, false, bytes("Subject: in pieces\n")));
      talk.say(new Message.Input(1, true, bytes("\nHello\n")));
      Message next = talk.next(Message.class);
      while (next instanceof Message.Wanted) {
        next = talk.next(Message.class);
      }
      assertThat(((Message.Done) next).outcome()).isEqualTo(Outcome.OK);
    }
    assertThat(site.work.mail("mary").mails("INBOX").get(0).text())
        .isEqualTo("Subject: in pieces\n\nHello\n");
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void whoeverAsksIsToldTheTimeOfTheServer() throws Exception {
    try (Caller.LoggedIn helper = caller.login("helper", MemorySite.HELPER)) {
      Conversation talk = open(helper).talk();
      talk.greet();
      long before = System.currentTimeMillis();
      talk.say(new Message.Clock(5));
      Message.Done done = talk.next(Message.Done.class);
      assertThat(done.requestId()).isEqualTo(5);
      assertThat(done.outcome()).isEqualTo(Outcome.OK);
      assertThat(done.counts().get(Message.Clock.NOW))
          .isBetween(before, System.currentTimeMillis());
    }
  }

  @Test
  void aRequestThatIsCancelledEndsAsSuch() throws Exception {
    site.work.hold("jane");
    try (Caller.LoggedIn admin = caller.admin()) {
      Conversation talk = open(admin).talk();
      talk.greet();
      talk.say(Conversation.run(5, "jane", "expunge", "mailbox", "INBOX", "all"));
      site.work.awaitBegun();
      talk.say(new Message.Cancel(5));
      talk.rows(5, Outcome.CANCELLED);
    }
    assertThat(site.work.mail("jane").mails("INBOX")).hasSize(2);
  }

  @Test
  void whoEndsHisInputGetsTheAnswersToWhatHeAskedForAndThenTheEnd() throws Exception {
    site.work.hold("jane");
    try (Caller.LoggedIn admin = caller.admin()) {
      Lane lane = open(admin);
      lane.talk().greet();
      lane.talk()
          .say(
              Conversation.run(1, "jane", "search", "all"),
              Conversation.run(2, "joe", "search", "all"));
      lane.channel().getInvertedIn().close();
      site.work.awaitBegun();
      site.work.release("jane");
      assertThat(lane.talk().rows(1, Outcome.OK)).hasSize(2);
      assertThat(lane.talk().rows(2, Outcome.OK)).hasSize(1);
      assertThat(lane.end()).isZero();
      assertThat(site.sessions.activeSessions()).isEmpty();
    }
  }

  @Test
  void whoClosesTheChannelStopsWhatHeAskedForAndHisOtherLaneGoesOn() throws Exception {
    site.work.hold("jane");
    try (Caller.LoggedIn admin = caller.admin()) {
      Lane lane = open(admin);
      final Conversation other = open(admin).talk();
      lane.talk().greet();
      lane.talk().say(Conversation.run(1, "jane", "expunge", "mailbox", "INBOX", "all"));
      site.work.awaitBegun();
      lane.channel().close(false);
      assertThat(site.audit.next("user").exit()).isEqualTo(75);
      Await.until("the lane is gone", () -> site.sessions.activeSessions().size() == 1);
      other.greet();
      other.say(Conversation.run(1, "joe", "search", "all"));
      assertThat(other.rows(1, Outcome.OK)).hasSize(1);
    }
    assertThat(site.work.mail("jane").mails("INBOX")).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n\r\n", // a frame as long as its first letters say
        "\0\0\0\0",
        "\0\0\0\5\177\0\0\0\0", // an unknown type
        "\177\377\377\377",
        "doveadm search -A all\n"
      })
  void garbageIsAnsweredByAFaultAndTheEnd(String garbage) throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Lane lane = open(admin);
      lane.talk().next(Message.Hello.class);
      lane.talk().sayBytes(garbage.getBytes(StandardCharsets.ISO_8859_1));
      assertThat(lane.talk().next(Message.Fault.class).text()).isNotEmpty();
      assertThat(lane.end()).isZero();
      assertThat(site.sessions.activeSessions()).isEmpty();
      assertThat(admin.run("doveadm user jane").code()).as("the connection goes on").isZero();
    }
  }

  @Test
  void messagesOutOfOrderAreFaults() throws Exception {
    Message.Hello other = new Message.Hello(99, "test", Optional.empty(), List.of());
    List<Message> wrong =
        List.of(
            Conversation.run(1, "jane", "search", "all"),
            new Message.ListUsers(1, "*"),
            new Message.Ping(),
            new Message.ActFor("root", List.of()),
            other);
    try (Caller.LoggedIn admin = caller.admin()) {
      for (Message first : wrong) {
        Lane lane = open(admin);
        lane.talk().next(Message.Hello.class);
        lane.talk().say(first);
        lane.talk().next(Message.Fault.class);
        lane.end();
      }
      for (Message second : wrong.subList(2, 4)) {
        Lane lane = open(admin);
        lane.talk().greet();
        lane.talk().say(second);
        assertThat(lane.talk().next(Message.Fault.class).text()).contains("not for a worker");
        lane.end();
      }
    }
    assertThat(site.work.begunBesides()).as("nothing was carried out").isEmpty();
  }

  @Test
  void aLaneThatEndsInsideAMessageIsAFault() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Lane lane = open(admin);
      lane.talk().greet();
      lane.talk().sayBytes(new byte[] {0, 0, 0, 100, 1});
      lane.channel().getInvertedIn().close();
      assertThat(lane.talk().next(Message.Fault.class).text()).contains("inside a message");
      lane.end();
    }
  }

  @Test
  void aLaneThatIsKickedIsToldSoAndHasStopped() throws Exception {
    site.work.hold("jane");
    try (Caller.LoggedIn admin = caller.admin();
        Caller.LoggedIn helper = caller.login("helper", MemorySite.HELPER)) {
      Lane kicked = open(helper);
      kicked.talk().greet();
      kicked.talk().say(Conversation.run(1, "jane", "search", "all"));
      site.work.awaitBegun();
      final Lane stays = open(admin);
      assertThat(admin.run("doveadm kick helper").lines()).hasSize(2);
      kicked.talk().rows(1, Outcome.CANCELLED);
      assertThat(kicked.talk().next(Message.Fault.class).text()).contains("administrator (kick)");
      kicked.end();
      stays.talk().greet();
      assertThat(site.sessions.activeSessions())
          .extracting(ActiveSession::master)
          .containsExactly("admin");
    }
  }

  @Test
  void aServerThatStopsOpensNoLane() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      site.sessions.drain(Duration.ZERO);
      Lane refused = open(admin);
      assertThat(refused.talk().next(Message.Fault.class).text()).contains("stopping");
      assertThat(refused.end()).isEqualTo(75);
    }
  }

  @Test
  void aServerWithoutMemoryOpensNoLane() throws Exception {
    restart(plan -> plan.memory = 300 * 1024);
    try (Caller.LoggedIn admin = caller.admin()) {
      Lane refused = open(admin);
      assertThat(refused.talk().next(Message.Fault.class).text())
          .contains("no memory for a further lane; try again later");
      assertThat(refused.end()).isEqualTo(75);
    }
  }

  @Test
  void theMemoryOfALaneIsFreeAgainWhenItEnds() throws Exception {
    restart(plan -> plan.memory = 2 * 1024 * 1024);
    try (Caller.LoggedIn admin = caller.admin()) {
      for (int i = 0; i < 20; i++) {
        Lane lane = open(admin);
        lane.talk().greet();
        lane.channel().getInvertedIn().close();
        assertThat(lane.end()).isZero();
      }
    }
    Await.until("nothing is held", () -> site.budget.all().held() == 0);
  }
}
