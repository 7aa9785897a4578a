package org.doveadmsshd.server.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.auth.PassdbMasters;
import org.doveadmsshd.auth.sasl.PlainResponse;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.command.ServerContext.Activity.ActiveSession;
import org.doveadmsshd.protocol.Extension;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.server.ssh.Await;
import org.doveadmsshd.server.ssh.Conversation;
import org.doveadmsshd.server.ssh.MemorySite;
import org.doveadmsshd.supervision.Identity;
import org.doveadmsshd.worker.isolation.ThreadIdentity;
import org.doveadmsshd.worker.isolation.UserThreads;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lanes on a UNIX socket: who may open it, who he is then, and how many there may be. */
@Timeout(60)
class SocketEndpointTest {
  private static final String SELF = System.getProperty("user.name");
  private static final String OWNER = "rw-------";
  private static final String ALL = "rw-rw-rw-";

  private MemorySite site = new MemorySite();
  private final List<SocketPeer> peers = new ArrayList<>();
  private Path directory;
  private Path path;
  private SocketEndpoint endpoint;

  @BeforeEach
  void makePlace() throws IOException {
    directory = Files.createTempDirectory("s"); // names of sockets are short
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    path = directory.resolve("lanes");
    site.accounts.passwords.put("admin", "secret");
    rule(Map.of("admin", Scope.UNLIMITED, SELF, new Scope(List.of(new UserMask("j*")), Set.of())));
  }

  @AfterEach
  void stop() throws IOException {
    for (SocketPeer peer : peers) {
      peer.close();
    }
    if (endpoint != null) {
      endpoint.stop();
    }
    site.close();
    Files.deleteIfExists(path);
    Files.delete(directory);
  }

  private void rule(Map<String, Scope> scopes) {
    site.masters.become(new PassdbMasters(scopes, site.accounts, Set.of("PLAIN", "EXTERNAL")));
  }

  private SocketEndpoint endpoint(
      String mode, String group, SocketEndpoint.ConnectionLimits limits) {
    return new SocketEndpoint(
        site.sessions,
        new SocketEndpoint.UnixListener(path, PosixFilePermissions.fromString(mode), group),
        limits,
        site.budget.all());
  }

  private void start(String mode, SocketEndpoint.ConnectionLimits limits) throws Failure {
    endpoint = endpoint(mode, "", limits);
    endpoint.start();
  }

  private void start(String mode) throws Failure {
    start(mode, limits(100, 100, Duration.ofSeconds(60)));
  }

  private static SocketEndpoint.ConnectionLimits limits(int all, int strangers, Duration login) {
    return new SocketEndpoint.ConnectionLimits(all, strangers, login, Duration.ZERO);
  }

  private SocketPeer connect() throws IOException {
    SocketPeer peer = new SocketPeer(path);
    peers.add(peer);
    return peer;
  }

  private static Message.Done login(SocketPeer peer, String mechanism, byte[] response)
      throws Exception {
    peer.talk.say(new Message.Authenticate(9, mechanism, response));
    return peer.talk.next(Message.Done.class);
  }

  private static Message.Done plain(SocketPeer peer, String user, String password)
      throws Exception {
    return login(peer, "PLAIN", new PlainResponse("", user, password).encode());
  }

  /** Connects as a user of the system who has no rights. */
  private SocketPeer connectAsNobody() throws Exception {
    assumeTrue(SELF.equals("root"), "only root may become somebody else");
    Identity.ValidIds bounds = new Identity.ValidIds(1, 0, 1);
    MailUser nobody = new MailUser("nobody", Map.of("uid", "65534", "gid", "65534"));
    SocketChannel[] channel = new SocketChannel[1];
    new UserThreads(new ThreadIdentity(bounds), false)
        .run(nobody, () -> channel[0] = SocketChannel.open(UnixDomainSocketAddress.of(path)));
    SocketPeer peer = new SocketPeer(channel[0]);
    peers.add(peer);
    return peer;
  }

  @Test
  void whoOpensASocketForItsOwnerOnlyIsNotAskedAnythingAndMayDoEverything() throws Exception {
    start(OWNER);
    assertThat(Files.getPosixFilePermissions(path))
        .isEqualTo(PosixFilePermissions.fromString(OWNER));
    SocketPeer peer = connect();
    assertThat(peer.talk.greet().master()).contains(SELF);
    peer.talk.say(Conversation.run(1, "mary", "mailbox create", "New"));
    peer.talk.rows(1, Outcome.OK);
    peer.talk.say(new Message.ListUsers(2, "*"));
    assertThat(peer.talk.rows(2, Outcome.OK)).hasSize(3);
    assertThat(site.audit.next("user").login().method()).isEqualTo("socket " + path);
    ActiveSession lane = site.sessions.activeSessions().get(0);
    assertThat(lane.master()).isEqualTo(SELF);
    assertThat(lane.kind()).isEqualTo("lane");
    assertThat(lane.address()).isEmpty();
  }

  @Test
  void whoOpensAnotherSocketMustLogInFirst() throws Exception {
    start(ALL);
    SocketPeer peer = connect();
    assertThat(peer.talk.greet().master()).isEmpty();
    peer.talk.say(Conversation.run(1, "jane", "search", "all"));
    peer.talk.next(Message.Fault.class);
    peer.awaitEnd();
    assertThat(site.work.begunBesides()).isEmpty();
  }

  @Test
  void whoSaysToBeWhomTheSystemKnowsHimAsHasTheScopeOfThatMaster() throws Exception {
    start(ALL);
    SocketPeer peer = connect();
    peer.talk.greet();
    assertThat(login(peer, "EXTERNAL", new byte[0]).outcome()).isEqualTo(Outcome.OK);
    peer.talk.say(new Message.ListUsers(2, "*"));
    assertThat(peer.talk.rows(2, Outcome.OK)).containsExactly("[jane]", "[joe]");
    peer.talk.say(Conversation.run(3, "mary", "search", "all"));
    peer.talk.rows(3, Outcome.NO_PERMISSION);
    assertThat(site.sessions.activeSessions())
        .extracting(ActiveSession::master)
        .containsExactly(SELF);
  }

  @Test
  void whoSaysToBeSomebodyElseMustProveIt() throws Exception {
    start(ALL);
    SocketPeer peer = connect();
    peer.talk.greet();
    assertThat(plain(peer, "admin", "wrong").outcome()).isEqualTo(Outcome.NO_PERMISSION);
    assertThat(site.audit.of("login")).extracting("exit").containsExactly(77);
    assertThat(site.audit.of("login").get(0).login().address()).isEqualTo("local user " + SELF);
    assertThat(plain(peer, "admin", "secret").outcome()).isEqualTo(Outcome.OK);
    peer.talk.say(new Message.ListUsers(2, "*"));
    assertThat(peer.talk.rows(2, Outcome.OK)).hasSize(3);
  }

  @Test
  void whoNamesAMailUserReachesNoOther() throws Exception {
    start(ALL);
    SocketPeer peer = connect();
    peer.talk.greet();
    assertThat(login(peer, "EXTERNAL", "jane".getBytes(StandardCharsets.UTF_8)).outcome())
        .isEqualTo(Outcome.OK);
    peer.talk.say(new Message.ListUsers(2, "*"));
    assertThat(peer.talk.rows(2, Outcome.OK)).containsExactly("[jane]");
    peer.talk.say(Conversation.run(3, "joe", "search", "all"));
    peer.talk.rows(3, Outcome.NO_PERMISSION);
  }

  @Test
  void aUserOfTheSystemWhoIsNoMasterIsRefused() throws Exception {
    start(ALL);
    SocketPeer peer = connectAsNobody();
    assertThat(peer.talk.greet().master()).isEmpty();
    assertThat(login(peer, "EXTERNAL", new byte[0]).outcome()).isEqualTo(Outcome.NO_PERMISSION);
    assertThat(login(peer, "EXTERNAL", SELF.getBytes(StandardCharsets.UTF_8)).outcome())
        .isEqualTo(Outcome.NO_PERMISSION);
    assertThat(site.audit.of("login").get(0).login().address()).isEqualTo("local user nobody");
  }

  /** As if somebody had changed its mode. */
  @Test
  void aSocketForItsOwnerOnlyServesNobodyElseThoughHeCouldOpenIt() throws Exception {
    start(OWNER);
    assumeTrue(SELF.equals("root"), "only root may become somebody else");
    assertThatThrownBy(this::connectAsNobody).isInstanceOf(IOException.class);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(ALL));
    SocketPeer peer = connectAsNobody();
    peer.awaitEnd();
    assertThat(peer.talk.rest()).as("not even a hello").isEmpty();
    assertThat(connect().talk.greet().master()).contains(SELF);
  }

  @Test
  void whoDoesNotLogInKeepsNoMoreThanSomePlacesOfHisUser() throws Exception {
    start(ALL, limits(100, 2, Duration.ofSeconds(60)));
    SocketPeer first = connect();
    SocketPeer second = connect();
    first.talk.greet();
    second.talk.greet();
    SocketPeer third = connect();
    third.awaitEnd();
    assertThat(third.talk.rest()).isEmpty();
    assertThat(plain(first, "admin", "secret").outcome()).isEqualTo(Outcome.OK);
    first.talk.say(new Message.ListUsers(1, "joe"));
    first.talk.rows(1, Outcome.OK);
    Await.until("who has logged in does not count", () -> !isTurnedAway());
    second.close();
    Await.until("a place is free", () -> !isTurnedAway());
  }

  private boolean isTurnedAway() throws Exception {
    SocketPeer peer = connect();
    Await.until("an answer", () -> peer.hasEnded() || !peer.talk.rest().isEmpty());
    return peer.talk.rest().isEmpty();
  }

  @Test
  void strangersOfOneUserKeepNoOtherUserOut() throws Exception {
    start(ALL, limits(100, 1, Duration.ofSeconds(60)));
    connectAsNobody().talk.next(Message.Hello.class);
    connectAsNobody().awaitEnd();
    connect().talk.next(Message.Hello.class);
  }

  @Test
  void thereAreOnlySoManyConnectionsInAll() throws Exception {
    start(OWNER, limits(2, 1, Duration.ofSeconds(60)));
    SocketPeer first = connect();
    first.talk.greet();
    connect().talk.greet();
    assertThat(isTurnedAway()).isTrue();
    first.close();
    Await.until("a place is free", () -> !isTurnedAway());
  }

  @Test
  void whoDoesNotLogInInTimeIsSentAwayAndWhoHasStays() throws Exception {
    start(ALL, limits(100, 100, Duration.ofMillis(500)));
    SocketPeer known = connect();
    known.talk.greet();
    plain(known, "admin", "secret");
    SocketPeer stranger = connect();
    stranger.talk.greet();
    stranger.awaitEnd();
    known.talk.say(new Message.ListUsers(1, "*"));
    assertThat(known.talk.rows(1, Outcome.OK)).hasSize(3);
  }

  @Test
  void garbageIsAnsweredByAFaultAndTheEnd() throws Exception {
    start(OWNER);
    SocketPeer peer = connect();
    peer.talk.next(Message.Hello.class);
    peer.talk.sayBytes("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    assertThat(peer.talk.next(Message.Fault.class).text()).isNotEmpty();
    peer.awaitEnd();
    Await.until("the lane is gone", () -> site.sessions.activeSessions().isEmpty());
  }

  @Test
  void whoEndsHisInputGetsHisAnswersFirst() throws Exception {
    start(OWNER);
    site.work.hold("jane");
    SocketPeer peer = connect();
    peer.talk.greet();
    peer.talk.say(
        Conversation.run(1, "jane", "search", "all"), Conversation.run(2, "joe", "search", "all"));
    peer.endOfInput();
    site.work.awaitBegun();
    site.work.release("jane");
    assertThat(peer.talk.rows(1, Outcome.OK)).hasSize(2);
    assertThat(peer.talk.rows(2, Outcome.OK)).hasSize(1);
    peer.awaitEnd();
  }

  @Test
  void theLaneOfAPeerThatHasGoneEndsWithItsWork() throws Exception {
    start(OWNER);
    site.work.hold("jane");
    SocketPeer peer = connect();
    peer.talk.greet();
    peer.talk.say(
        Conversation.run(1, "joe", "search", "all"), Conversation.run(2, "jane", "search", "all"));
    site.work.awaitBegun();
    assertThat(site.work.awaitBegun()).isEqualTo("jane");
    peer.close();
    assertThat(site.sessions.activeSessions()).hasSize(1);
    site.work.release("jane");
    Await.until("the lane is gone", () -> site.sessions.activeSessions().isEmpty());
    assertThat(connect().talk.greet().master()).contains(SELF);
  }

  @Test
  void whoAsksForASignOfLifeGetsItDuringAnyWork() throws Exception {
    start(OWNER);
    site.work.hold("jane");
    SocketPeer peer = connect();
    assertThat(peer.talk.greet().extensions()).contains(Extension.PING);
    peer.talk.say(Conversation.run(1, "jane", "search", "all"));
    site.work.awaitBegun();
    peer.talk.say(new Message.Ping());
    peer.talk.next(Message.Alive.class);
    site.work.release("jane");
    assertThat(peer.talk.rows(1, Outcome.OK)).hasSize(2);
  }

  @Test
  void whoIsNotReadFromHearsThatTheServerLivesIfHeTakesThat() throws Exception {
    start(OWNER);
    site.work.hold("jane");
    SocketPeer asking = connect();
    asking.talk.say(
        new Message.Hello(Limits.VERSION, "test", Optional.empty(), List.of(Extension.PING)));
    asking.talk.next(Message.Hello.class);
    SocketPeer other = connect();
    other.talk.greet();
    String longQuery = "x".repeat(60_000); // what is not read has room in the socket
    for (SocketPeer peer : List.of(asking, other)) {
      for (int id = 1; id <= 6; id++) {
        peer.talk.say(Conversation.run(id, "jane", "search", "subject", longQuery));
      }
    }
    asking.talk.say(new Message.Ping()); // is read when there is room
    asking.talk.next(Message.Alive.class);
    asking.talk.next(Message.Alive.class);
    assertThat(other.talk.rest()).isEmpty();
    site.work.release("jane");
    other.talk.rows(1, Outcome.OK);
  }

  @Test
  void whoIsKickedIsToldSoAndCutOff() throws Exception {
    start(OWNER);
    SocketPeer peer = connect();
    peer.talk.greet();
    assertThat(site.sessions.kick(entry -> entry.master().equals(SELF))).hasSize(1);
    assertThat(peer.talk.next(Message.Fault.class).text()).contains("kick");
    peer.awaitEnd();
    assertThat(site.sessions.activeSessions()).isEmpty();
  }

  @Test
  void aServerThatStopsTellsNewPeersSo() throws Exception {
    start(OWNER);
    site.sessions.drain(Duration.ZERO);
    SocketPeer peer = connect();
    assertThat(peer.talk.next(Message.Fault.class).text()).contains("The server is stopping");
    peer.awaitEnd();
  }

  @Test
  void aServerWithoutMemoryTellsNewPeersSo() throws Exception {
    site.close();
    site = new MemorySite(plan -> plan.memory = 300 * 1024);
    start(OWNER);
    SocketPeer peer = connect();
    assertThat(peer.talk.next(Message.Fault.class).text())
        .contains("no memory for a further lane; try again later");
    peer.awaitEnd();
  }

  @Test
  void aSocketThatIsClosedIsGoneAndItsLanesGoOnUntilTheStop() throws Exception {
    start(OWNER);
    SocketPeer peer = connect();
    peer.talk.greet();
    endpoint.stopAccepting();
    assertThat(path).doesNotExist();
    assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
    peer.talk.say(new Message.ListUsers(1, "*"));
    assertThat(peer.talk.rows(1, Outcome.OK)).hasSize(3);
    endpoint.stop();
    peer.awaitEnd();
  }

  @Test
  void anEndpointThatWasNeverStartedCanBeStopped() {
    endpoint(OWNER, "", limits(1, 1, Duration.ofSeconds(1))).stop();
    assertThat(path).doesNotExist();
  }

  @Test
  void aPlaceThatIsTakenOrCannotBeHadIsNamed() throws Exception {
    start(OWNER);
    SocketEndpoint second = endpoint(OWNER, "", limits(1, 1, Duration.ofSeconds(1)));
    assertThatThrownBy(second::start)
        .isInstanceOf(Failure.class)
        .hasMessage("Another server listens on " + path + " already");
    connect().talk.greet();
    endpoint.stop();
    Files.writeString(path, "precious");
    assertThatThrownBy(second::start)
        .hasMessage("Cannot listen on " + path + ": something that is no socket is there");
    assertThat(path).hasContent("precious");
    Files.delete(path);
    assertThatThrownBy(endpoint(OWNER, "no-such-group", limits(1, 1, Duration.ZERO))::start)
        .isInstanceOf(Failure.class)
        .hasMessageContaining("Cannot listen on " + path);
    assertThat(path).doesNotExist();
  }

  @Test
  void whatADeadServerHasLeftIsReplaced() throws Exception {
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(path));
    }
    assertThat(path).exists();
    start(OWNER);
    assertThat(connect().talk.greet().master()).contains(SELF);
  }

  @Test
  void theMemoryOfLanesIsFreeAgainWhenTheyEnd() throws Exception {
    start(OWNER);
    for (int i = 0; i < 10; i++) {
      SocketPeer peer = connect();
      peer.talk.greet();
      peer.talk.say(Conversation.run(1, "jane", "search", "all"));
      peer.talk.rows(1, Outcome.OK);
      peer.close();
    }
    Await.until("nothing is held", () -> site.budget.all().held() == 0);
  }
}
