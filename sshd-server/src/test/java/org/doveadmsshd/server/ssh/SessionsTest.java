package org.doveadmsshd.server.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.core.CoreModuleProperties;
import org.doveadmsshd.command.ServerContext.Activity.ActiveSession;
import org.doveadmsshd.protocol.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The register of what goes on: who shows it, kick ends it, a stop waits for it. */
@Timeout(60)
class SessionsTest extends CalledServer {
  private static final int PLACES = 64;

  SessionsTest() {
    super(plan -> plan.channels = 100);
  }

  private Caller.Call held(Caller.LoggedIn connection, String user) throws Exception {
    site.work.hold(user);
    Caller.Call running = connection.begin("doveadm search -u " + user + " all");
    assertThat(site.work.awaitBegun()).isEqualTo(user);
    return running;
  }

  private static Conversation lane(Caller.LoggedIn connection) throws Exception {
    Caller.Call subsystem = connection.subsystem("doveadm");
    Conversation talk = new Conversation(subsystem.in());
    talk.say(Conversation.hello());
    return talk;
  }

  @Test
  void whoShowsRunsAndLanesInTheOrderOfTheirBeginning() throws Exception {
    try (Caller.LoggedIn admin = caller.admin();
        Caller.LoggedIn helper = caller.login("helper", MemorySite.HELPER)) {
      held(admin, "jane");
      lane(helper);
      Await.until("the lane is there", () -> site.sessions.activeSessions().size() == 2);
      held(helper, "joe");
      List<ActiveSession> active = site.sessions.activeSessions();
      assertThat(active).extracting(ActiveSession::kind).containsExactly("run", "lane", "run");
      assertThat(active)
          .extracting(ActiveSession::master)
          .containsExactly("admin", "helper", "helper");
      assertThat(active).extracting(ActiveSession::address).containsOnly("127.0.0.1");
      assertThat(active)
          .extracting(ActiveSession::doing)
          .containsExactly("search -u jane all", "", "search -u joe all");
      assertThat(active).extracting(ActiveSession::id).doesNotHaveDuplicates();
      assertThat(helper.run("doveadm who").out())
          .as("what is not his own he does not see")
          .contains("helper")
          .doesNotContain("admin");
    }
  }

  @Test
  void usersThatAreDoneOrFailedAreCountedWhileARunGoesOn() throws Exception {
    site.work.hold("mary");
    try (Caller.LoggedIn admin = caller.admin()) {
      admin.begin("doveadm mailbox status -A messages INBOX");
      Await.until(
          "two are done",
          () -> site.sessions.activeSessions().stream().anyMatch(run -> run.done() == 2));
      assertThat(site.sessions.activeSessions().get(0).failed()).isZero();
    }
  }

  @Test
  void whatIsOverIsNotShownAnyMore() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      assertThat(admin.run("doveadm search -A all").code()).isZero();
      assertThat(admin.run("doveadm nosuch").code()).isPositive();
      assertThat(site.sessions.activeSessions()).isEmpty();
    }
  }

  @Test
  void kickEndsWhatIsMeantAndSaysWhatThatWas() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      final Caller.Call first = held(admin, "jane");
      final Caller.Call second = held(admin, "joe");
      String id = site.sessions.activeSessions().get(0).id();
      List<ActiveSession> ended = site.sessions.kick(entry -> entry.id().equals(id));
      assertThat(ended).extracting(ActiveSession::doing).containsExactly("search -u jane all");
      assertThat(first.end().error()).contains("kick");
      assertThat(site.sessions.kick(entry -> entry.id().equals(id))).isEmpty();
      site.work.release("joe");
      assertThat(second.end().code()).isZero();
    }
  }

  @Test
  void oneMayKickOnlyWhatIsInOnesScope() throws Exception {
    try (Caller.LoggedIn admin = caller.admin();
        Caller.LoggedIn helper = caller.login("helper", MemorySite.HELPER)) {
      final Caller.Call others = held(admin, "jane");
      final Caller.Call own = held(helper, "joe");
      assertThat(helper.run("doveadm kick admin").code()).isEqualTo(68);
      assertThat(helper.run("doveadm kick '*'").lines()).hasSize(2);
      assertThat(own.end().code()).isEqualTo(75);
      site.work.release("jane");
      assertThat(others.end().code()).isZero();
    }
  }

  @Test
  void aStopWaitsForRunsUnderWayAndTakesNoNewOnes() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      final Caller.Call running = held(admin, "jane");
      CompletableFuture<Void> drained =
          CompletableFuture.runAsync(() -> site.sessions.drain(Caller.LONG));
      Await.until("it stops", () -> admin.run("doveadm user jane").code() == 75);
      assertThat(admin.run("doveadm who").error()).contains("The server is stopping");
      assertThat(drained).isNotDone();
      site.work.release("jane");
      assertThat(running.end().lines()).hasSize(2);
      drained.join();
    }
  }

  @Test
  void aStopStopsWhatGoesOnTooLongAndEachIsToldSo() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      final Caller.Call running = held(admin, "jane");
      final Caller.Call save = admin.begin("doveadm save -u mary");
      Await.until("both have begun", () -> site.sessions.activeSessions().size() == 2);
      site.sessions.drain(Duration.ofMillis(1));
      assertThat(site.sessions.activeSessions()).isEmpty();
      for (Caller.Call each : List.of(running, save)) {
        Caller.Ended ended = each.end();
        assertThat(ended.code()).isEqualTo(75);
        assertThat(ended.error()).contains("The server is stopping");
      }
    }
  }

  @Test
  void aStopWaitsForTheRequestOfALaneButForNoIdleLane() throws Exception {
    site.work.hold("jane");
    try (Caller.LoggedIn admin = caller.admin()) {
      lane(admin);
      Conversation busy = lane(admin);
      busy.say(Conversation.run(1, "jane", "search", "all"));
      site.work.awaitBegun();
      CompletableFuture<Void> drained =
          CompletableFuture.runAsync(() -> site.sessions.drain(Caller.LONG));
      Await.until("it stops", () -> admin.run("doveadm user jane").code() == 75);
      assertThat(drained).isNotDone();
      site.work.release("jane");
      drained.join();
      assertThat(site.audit.of("user")).extracting("exit").containsExactly(0);
    }
  }

  @Test
  void aLaneThatIsBusyForTooLongIsStopped() throws Exception {
    site.work.hold("jane");
    try (Caller.LoggedIn admin = caller.admin()) {
      lane(admin).say(Conversation.run(1, "jane", "search", "all"));
      site.work.awaitBegun();
      site.sessions.drain(Duration.ofMillis(1));
      assertThat(site.audit.of("user")).extracting("exit").containsExactly(75);
    }
  }

  @Test
  void aStopDoesNotWaitForAClientThatHasGoneBeforeItsCommandBegan() throws Exception {
    stop();
    site = new MemorySite(plan -> plan.connections = 1);
    caller = new Caller(site);
    Runnable goOn = site.holdThreads();
    Caller.LoggedIn gone = caller.admin();
    gone.begin("doveadm search -u jane all");
    gone.session().close(true);
    Await.until("its place is free", this::canLogIn);
    goOn.run();
    assertThat(site.audit.next("command").exit()).isEqualTo(75);
    CompletableFuture.runAsync(() -> site.sessions.drain(Duration.ofHours(1)))
        .get(20, TimeUnit.SECONDS);
    assertThat(site.sessions.activeSessions()).isEmpty();
  }

  private boolean canLogIn() {
    try (Caller.LoggedIn admin = caller.admin()) {
      return admin.session().isAuthenticated();
    } catch (IOException e) {
      return false; // there may be one connection only
    }
  }

  @Test
  void whoeverIsInterruptedWhileHeWaitsForTheEndStaysInterrupted() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      held(admin, "jane");
      Thread.currentThread().interrupt();
      site.sessions.drain(Caller.LONG);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void whileAllPlacesAreTakenFurtherRunsWaitAndWhoAndKickGetThrough() throws Exception {
    List<Caller.Call> working = new ArrayList<>();
    site.work.hold("jane");
    try (Caller.LoggedIn admin = caller.admin()) {
      for (int i = 0; i < PLACES; i++) {
        working.add(admin.begin("doveadm search -u jane all"));
      }
      for (int i = 0; i < PLACES; i++) {
        site.work.awaitBegun();
      }
      final Caller.Call waits = admin.begin("doveadm search -u joe all");
      final Caller.Call kicked = admin.begin("doveadm search -u mary all");
      Await.until("they wait", () -> site.sessions.activeSessions().size() == PLACES + 2);
      assertThat(admin.run("doveadm who").out()).contains("search -u joe all");
      assertThat(admin.run("doveadm help who").code()).isZero();
      site.sessions.kick(entry -> entry.doing().contains("mary"));
      Caller.Ended ended = kicked.end();
      assertThat(ended.code()).isEqualTo(75);
      assertThat(ended.error()).contains("Ended by an administrator (kick)");
      assertThat(site.work.begunBesides()).as("whoever waits has not begun").isEmpty();
      site.work.release("jane");
      assertThat(waits.end().lines()).hasSize(1);
      for (Caller.Call each : working) {
        assertThat(each.end().code()).isZero();
      }
    }
  }

  @Test
  void commandsAboutTheServerTakeNoPlacesOfOthersAndThereAreNotManyOfThem() throws Exception {
    caller.close();
    caller = new Caller(site, client -> CoreModuleProperties.WINDOW_SIZE.set(client, 256L));
    try (Caller.LoggedIn admin = caller.admin()) {
      for (int i = 0; i < PLACES; i++) {
        admin.beginUnread("doveadm help");
      }
      Await.until(
          "all wait for their client", () -> site.sessions.activeSessions().size() == PLACES);
      Caller.Ended one = admin.run("doveadm who");
      assertThat(one.code()).isEqualTo(75);
      assertThat(one.error()).contains("Too many commands of this kind; try again later");
      assertThat(admin.run("doveadm search -u jane all").lines()).hasSize(2);
    }
  }

  @Test
  void settingsAndReloadsAreTheServers() throws Exception {
    assertThat(site.sessions.settings()).containsExactly("port = 0", "host_key = memory");
    site.sessions.reload();
    site.sessions.stop();
    assertThat(site.told).containsExactly("reload", "stop");
  }

  @Test
  void numbersOfRunsAndLanesAreNeverGivenTwice() {
    long first = site.sessions.nextId();
    assertThat(site.sessions.nextId()).isEqualTo(first + 1);
    site.sessions.closeLane(first); // there was none
    assertThat(site.sessions.nextId()).isEqualTo(first + 2);
  }

  @Test
  void messagesOfALaneCount() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Conversation talk = lane(admin);
      talk.say(
          Conversation.run(1, "jane", "search", "all"),
          Conversation.run(2, "jane", "search", "mailbox", "Nope", "all"),
          new Message.ListUsers(3, "*"));
      Await.until(
          "three are done",
          () -> site.sessions.activeSessions().stream().anyMatch(lane -> lane.done() == 3));
      assertThat(site.sessions.activeSessions().get(0).failed()).isEqualTo(1);
    }
  }
}
