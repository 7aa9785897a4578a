package org.doveadmsshd.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.auth.HashedPassdb;
import org.doveadmsshd.auth.Hashing;
import org.doveadmsshd.auth.Passdb;
import org.doveadmsshd.auth.PassdbMasters;
import org.doveadmsshd.auth.passwdfile.PasswdFile;
import org.doveadmsshd.auth.sasl.PlainResponse;
import org.doveadmsshd.auth.sasl.SaslClient;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Rate;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.command.PartStatus;
import org.doveadmsshd.command.ServerContext;
import org.doveadmsshd.protocol.FrameDecoder;
import org.doveadmsshd.protocol.FrameEncoder;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.storage.QuotaRules;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lane as its peer sees it. */
class LaneSessionTest {
  private static final Message HELLO =
      new Message.Hello(Limits.VERSION, "test", Optional.empty(), List.of());
  private static final Scope SCOPE =
      new Scope(List.of(new UserMask("*@example.org")), Set.of("search", "expunge"));

  @TempDir Path directory;
  private final BlockingQueue<Message> received = new LinkedBlockingQueue<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile CountDownLatch reader = new CountDownLatch(0);
  private final MemoryBudget budget = new MemoryBudget(4 * 1024 * 1024);
  private volatile double secondsPerRow;
  private Worker worker;
  private PassdbMasters masters;

  @BeforeEach
  void makeWorker() throws IOException {
    Path users = directory.resolve("users");
    StringBuilder lines = new StringBuilder();
    for (String user : List.of("a@example.org", "b@example.org", "c@example.com")) {
      Path home = directory.resolve(user);
      Path maildir = home.resolve("Maildir");
      for (String sub : List.of("cur", "new", "tmp")) {
        Files.createDirectories(maildir.resolve(sub));
      }
      Files.writeString(maildir.resolve("cur/1.mail:2,S"), "Subject: x\n\n");
      lines.append(user + ":pw::::" + home + "::\n");
    }
    Files.writeString(users, lines);
    PasswdFile file = new PasswdFile(users.toString(), "%u");
    masters =
        new PassdbMasters(
            Map.of("a@example.org", SCOPE),
            new HashedPassdb(file, "PLAIN", new Hashing(new MemoryBudget(1L << 28).all())),
            Set.of("PLAIN", "SCRAM-SHA-256"));
    worker = LocalWorker.of(file, masters, QuotaRules.NONE, new NoActivity());
  }

  @AfterEach
  void stop() {
    reader.countDown();
    threads.shutdownNow();
  }

  /** A server on which nothing else goes on. */
  private static final class NoActivity implements ServerContext.Activity {
    @Override
    public List<ActiveSession> activeSessions() {
      return List.of();
    }

    @Override
    public List<ActiveSession> slow(Predicate<ActiveSession> which, Rate rate) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<ActiveSession> kick(Predicate<ActiveSession> which) {
      return List.of();
    }

    @Override
    public List<PartStatus> status() {
      return List.of();
    }

    @Override
    public List<String> settings() {
      return List.of();
    }

    @Override
    public void reload() {}

    @Override
    public void stop() {}
  }

  private LaneSession lane(boolean preauthenticated) {
    Optional<Master> master =
        preauthenticated ? Optional.of(new Master("m", SCOPE, Login.NONE)) : Optional.empty();
    LaneSession lane =
        new LaneSession(
            Workers.always(worker),
            masters,
            LanePeer.authenticated(() -> master),
            threads,
            new LaneSession.Transport(this::receive, closed::countDown, budget.all()),
            "test");
    lane.start();
    return lane;
  }

  private void receive(Message message) throws IOException {
    try {
      reader.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    long rowTaken = System.nanoTime() + (long) (secondsPerRow * 1e9);
    while (message instanceof Message.Row && System.nanoTime() < rowTaken) {
      Thread.onSpinWait(); // a slow reader
    }
    received.add(message);
  }

  private static Message.Run run(int id, String user, String command, String... arguments) {
    return new Message.Run(id, user, command, List.of(arguments), 0, 0, false);
  }

  private Message next() throws InterruptedException {
    Message message = received.poll(1, TimeUnit.MINUTES);
    assertThat(message).as("an answer").isNotNull();
    return message;
  }

  private Message.Done done(int id) throws InterruptedException {
    Message message = next();
    while (!(message instanceof Message.Done)) {
      message = next();
    }
    assertThat(message.requestId()).isEqualTo(id);
    return (Message.Done) message;
  }

  private void expectFault(String text) throws InterruptedException {
    Message message = next();
    while (!(message instanceof Message.Fault)) {
      message = next();
    }
    assertThat(((Message.Fault) message).text()).contains(text);
    assertThat(closed.await(1, TimeUnit.MINUTES)).isTrue();
  }

  @Test
  void aPreauthenticatedHelloNamesTheMaster() throws Exception {
    lane(true);
    assertThat(((Message.Hello) next()).master()).contains("m");
  }

  @Test
  void rowsComeAfterTheirColumnsAndEndWithOneDone() throws Exception {
    LaneSession lane = lane(true);
    next();
    lane.receive(HELLO);
    lane.receive(run(7, "a@example.org", "search", "mailbox", "INBOX", "all"));
    assertThat(next()).isInstanceOf(Message.Columns.class);
    assertThat(next()).isInstanceOf(Message.Row.class);
    Message.Done done = (Message.Done) next();
    assertThat(done.outcome()).isEqualTo(Outcome.OK);
    assertThat(done.counts()).containsEntry("matched", 1L);
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    LaneSession lane = lane(true);
    lane.receive(HELLO);
    for (int id = 1; id <= Limits.MAX_PIPELINED; id++) {
      lane.receive(run(id, "a@example.org", "search", "all"));
    }
    for (int id = 1; id <= Limits.MAX_PIPELINED; id++) {
      done(id);
    }
  }

  @Test
  void aNameThatNobodyCanHaveFailsAloneAndItsNeighboursAreDone() throws Exception {
    LaneSession lane = lane(true);
    lane.receive(HELLO);
    lane.receive(run(1, "a@example.org", "search", "all"));
    lane.receive(run(2, "a\n@example.org", "search", "all"));
    lane.receive(run(3, "x".repeat(300) + "@example.org", "search", "all"));
    lane.receive(run(4, "b@example.org", "search", "all"));
    assertThat(done(1).outcome()).isEqualTo(Outcome.OK);
    assertThat(done(2).outcome()).isEqualTo(Outcome.NO_USER);
    Message.Done third = done(3);
    assertThat(third.outcome()).isEqualTo(Outcome.NO_USER);
    assertThat(third.text()).contains("1 to 255 characters");
    assertThat(done(4).outcome()).isEqualTo(Outcome.OK);
  }

  /** As bytes, since no text of Java's can be all of them. */
  @Test
  void bytesThatAreNoNameFailAloneAndItsNeighboursAreDone() throws Exception {
    LaneSession lane = lane(true);
    lane.receive(HELLO);
    List<String> names = List.of("caf#", "##", "a#@example.org", "a b@example.org", "'\"@\"'", "");
    for (int id = 1; id <= names.size(); id++) {
      receive(lane, run(id, names.get(id - 1), "search", "all"));
    }
    receive(lane, run(names.size() + 1, "a@example.org", "search", "all"));
    for (int id = 1; id <= names.size(); id++) {
      assertThat(done(id).outcome()).isIn(Outcome.NO_USER, Outcome.NO_PERMISSION);
    }
    assertThat(done(names.size() + 1).outcome()).isEqualTo(Outcome.OK);
  }

  /** Sends a message in which each # has become a byte that is no UTF-8. */
  private static void receive(LaneSession lane, Message message) throws IOException {
    FrameEncoder encoder = new FrameEncoder();
    encoder.encode(message);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    encoder.drainTo(bytes::write);
    byte[] frame = bytes.toByteArray();
    for (int i = 9; i < frame.length; i++) {
      frame[i] = frame[i] == '#' ? (byte) 0xFF : frame[i];
    }
    new FrameDecoder().feed(frame, 0, frame.length, lane::receive);
  }

  @Test
  void theWorkerItselfChecksTheScope() throws Exception {
    LaneSession lane = lane(true);
    lane.receive(HELLO);
    lane.receive(run(1, "c@example.com", "search", "all"));
    assertThat(done(1).outcome()).isEqualTo(Outcome.NO_PERMISSION);
    lane.receive(run(2, "nobody@example.com", "search", "all"));
    assertThat(done(2).outcome()).isEqualTo(Outcome.NO_PERMISSION);
    lane.receive(run(3, "a@example.org", "fetch", "uid", "all"));
    assertThat(done(3).outcome()).isEqualTo(Outcome.NO_PERMISSION);
    lane.receive(run(4, "nobody@example.org", "search", "all"));
    assertThat(done(4).outcome()).isEqualTo(Outcome.NO_USER);
    lane.receive(new Message.ListUsers(5, "*"));
    assertThat(next()).isInstanceOf(Message.Columns.class);
    assertThat(((Message.Row) next()).values().get(0).text()).isEqualTo("a@example.org");
    assertThat(((Message.Row) next()).values().get(0).text()).isEqualTo("b@example.org");
    assertThat(next()).isInstanceOf(Message.Done.class);
  }

  @Test
  void namesAsLongAsAFrameAreRefusedInFewWords() throws Exception {
    LaneSession lane = lane(true);
    lane.receive(HELLO);
    String name = "x".repeat(200_000);
    lane.receive(run(1, name + "@example.org", "search", "all"));
    lane.receive(run(2, name + "@example.com", "search", "all"));
    lane.receive(run(3, "a@example.org", name));
    lane.receive(run(4, "a@example.org\0", "search", "all"));
    for (int id = 1; id <= 4; id++) {
      Message.Done done = done(id);
      assertThat(done.outcome().isOk()).isFalse();
      assertThat(done.text().length()).isLessThan(1100);
    }
  }

  @Test
  void withoutAuthenticationNothingIsDone() throws Exception {
    LaneSession lane = lane(false);
    assertThat(((Message.Hello) next()).master()).isEmpty();
    lane.receive(HELLO);
    lane.receive(run(1, "a@example.org", "search", "all"));
    expectFault("out of order");
  }

  @Test
  void saslPlainOpensTheLane() throws Exception {
    LaneSession lane = lane(false);
    lane.receive(HELLO);
    byte[] wrong = new PlainResponse("", "a@example.org", "no").encode();
    lane.receive(new Message.Authenticate(1, "PLAIN", wrong));
    assertThat(done(1).outcome()).isEqualTo(Outcome.NO_PERMISSION);
    byte[] noMaster = new PlainResponse("", "b@example.org", "pw").encode();
    lane.receive(new Message.Authenticate(2, "PLAIN", noMaster));
    assertThat(done(2).outcome()).isEqualTo(Outcome.NO_PERMISSION);
    byte[] right = new PlainResponse("", "a@example.org", "pw").encode();
    lane.receive(new Message.Authenticate(3, "PLAIN", right));
    assertThat(done(3).outcome()).isEqualTo(Outcome.OK);
    lane.receive(run(4, "b@example.org", "search", "all"));
    assertThat(done(4).outcome()).isEqualTo(Outcome.OK);
  }

  @Test
  void whoNamesAMailUserReachesNobodyElse() throws Exception {
    LaneSession lane = lane(false);
    lane.receive(HELLO);
    for (String outside : List.of("c@example.com", "*")) {
      byte[] plain = new PlainResponse(outside, "a@example.org", "pw").encode();
      lane.receive(new Message.Authenticate(1, "PLAIN", plain));
      if (done(1).outcome() == Outcome.OK) {
        lane.receive(run(2, outside, "search", "all"));
        assertThat(done(2).outcome()).isEqualTo(Outcome.NO_PERMISSION);
        lane = lane(false);
        lane.receive(HELLO);
      }
    }
    byte[] plain = new PlainResponse("b@example.org", "a@example.org", "pw").encode();
    lane.receive(new Message.Authenticate(3, "PLAIN", plain));
    assertThat(done(3).outcome()).isEqualTo(Outcome.OK);
    lane.receive(run(4, "b@example.org", "search", "all"));
    assertThat(done(4).outcome()).isEqualTo(Outcome.OK);
    lane.receive(run(5, "a@example.org", "search", "all"));
    assertThat(done(5).outcome()).isEqualTo(Outcome.NO_PERMISSION);
  }

  @Test
  void aMechanismOfSeveralStepsOpensTheLane() throws Exception {
    LaneSession lane = lane(false);
    lane.receive(HELLO);
    assertThat(next()).isInstanceOf(Message.Hello.class);
    SaslClient client = SaslClient.scramSha256("", "a@example.org", "pw");
    lane.receive(new Message.Authenticate(1, client.mechanism(), client.initialResponse()));
    for (Message message; (message = next()) instanceof Message.Challenge; ) {
      byte[] challenge = ((Message.Challenge) message).data();
      lane.receive(new Message.Response(1, client.respond(challenge)));
    }
    assertThat(client.isSatisfied()).isTrue();
    lane.receive(run(4, "b@example.org", "search", "all"));
    assertThat(done(4).outcome()).isEqualTo(Outcome.OK);
  }

  @Test
  void aResponseNobodyAskedForEndsTheLane() throws Exception {
    LaneSession lane = lane(false);
    lane.receive(HELLO);
    lane.receive(new Message.Response(1, new byte[3]));
    expectFault("response without a challenge");
  }

  @Test
  void whoTriesTooOftenIsSentAway() throws Exception {
    LaneSession lane = lane(false);
    lane.receive(HELLO);
    for (int i = 1; i <= 3; i++) {
      lane.receive(new Message.Authenticate(i, i == 2 ? "CRAM-MD5" : "PLAIN", new byte[3]));
      assertThat(done(i).outcome()).isEqualTo(Outcome.NO_PERMISSION);
    }
    expectFault("too many");
  }

  @Test
  void whoIsNoMasterAnyMoreIsToldSo() throws Exception {
    LaneSession lane = lane(false);
    lane.receive(HELLO);
    byte[] right = new PlainResponse("", "a@example.org", "pw").encode();
    lane.receive(new Message.Authenticate(1, "PLAIN", right));
    assertThat(done(1).outcome()).isEqualTo(Outcome.OK);
    masters.become(new PassdbMasters(Map.of(), attempt -> Passdb.Answer.WRONG));
    lane.receive(run(2, "b@example.org", "search", "all"));
    assertThat(done(2).outcome()).isEqualTo(Outcome.NO_PERMISSION);
    lane.receive(new Message.ListUsers(3, "*"));
    assertThat(done(3).outcome()).isEqualTo(Outcome.NO_PERMISSION);
  }

  @Test
  void whatIsOutOfOrderEndsTheLane() throws Exception {
    lane(true).receive(run(1, "a@example.org", "search", "all"));
    expectFault("out of order");
  }

  @Test
  void anotherVersionEndsTheLane() throws Exception {
    lane(true).receive(new Message.Hello(99, "x", Optional.empty(), List.of()));
    expectFault("version 99");
  }

  @Test
  void anIdInUseEndsTheLane() throws Exception {
    reader = new CountDownLatch(1);
    LaneSession lane = lane(true);
    lane.receive(HELLO);
    lane.receive(run(1, "a@example.org", "search", "all"));
    lane.receive(run(1, "a@example.org", "search", "all"));
    reader.countDown();
    expectFault("in use");
  }

  @Test
  void tooManyWaitingRequestsEndTheLane() throws Exception {
    reader = new CountDownLatch(1);
    LaneSession lane = lane(true);
    lane.receive(HELLO);
    for (int id = 0; id <= Limits.MAX_PIPELINED; id++) {
      lane.receive(run(id, "a@example.org", "search", "all"));
    }
    reader.countDown();
    expectFault("too many");
  }

  @Test
  void aCancelledRequestStillEndsWithItsDone() throws Exception {
    reader = new CountDownLatch(1);
    LaneSession lane = lane(true);
    lane.receive(HELLO);
    lane.receive(run(1, "a@example.org", "expunge", "mailbox", "INBOX", "all"));
    lane.receive(new Message.Cancel(1));
    lane.receive(new Message.Cancel(55));
    reader.countDown();
    assertThat(done(1).outcome()).isEqualTo(Outcome.CANCELLED);
    assertThat(directory.resolve("a@example.org/Maildir/cur/1.mail:2,S")).exists();
  }

  @Test
  void aRequestThatTakesTooLongEndsAndTheNextOneIsServed() throws Exception {
    Path maildir = directory.resolve("a@example.org/Maildir/cur");
    Files.writeString(maildir.resolve("2.mail:2,S"), "Subject: y\n\n");
    secondsPerRow = 0.005;
    LaneSession lane = lane(true);
    lane.receive(HELLO);
    long millisecond = 1;
    lane.receive(
        new Message.Run(1, "a@example.org", "search", List.of("all"), 0, millisecond, false));
    lane.receive(run(2, "a@example.org", "search", "all"));
    assertThat(done(1).outcome()).isEqualTo(Outcome.TIMED_OUT);
    assertThat(done(2).outcome()).isEqualTo(Outcome.OK);
  }

  @Test
  void aMistakeInTheWordsIsAnsweredAndTheLaneGoesOn() throws Exception {
    LaneSession lane = lane(true);
    lane.receive(HELLO);
    lane.receive(run(1, "a@example.org", "search", "nosuchkey"));
    assertThat(done(1).text()).contains("nosuchkey");
    lane.receive(run(2, "a@example.org", "expunge", "all"));
    assertThat(done(2).outcome()).isEqualTo(Outcome.USAGE);
    lane.receive(run(3, "a@example.org", "search", "all"));
    assertThat(done(3).outcome()).isEqualTo(Outcome.OK);
  }
}
