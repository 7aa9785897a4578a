package org.doveadmsshd.brain.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.doveadmsshd.brain.remote.ScriptedWorkers.done;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.doveadmsshd.auth.sasl.SaslClient;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.About;
import org.doveadmsshd.brain.Brain;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.FixedResources;
import org.doveadmsshd.brain.Server;
import org.doveadmsshd.brain.remote.ScriptedWorkers.Peer;
import org.doveadmsshd.brain.remote.ScriptedWorkers.Script;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs on a server whose workers want a login, and what they may say instead of its end. */
@Timeout(60)
class LoginConversationsTest {
  private static final Message STRANGER =
      new Message.Hello(Limits.VERSION, "scripted", Optional.empty(), List.of());
  private static final Message KNOWN =
      new Message.Hello(Limits.VERSION, "scripted", Optional.of("m"), List.of());

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();
  private final MemoryBudget budget = new MemoryBudget(16 * 1024 * 1024);
  private Supplier<SaslClient> login = () -> SaslClient.plain("", "admin", "secret");
  private Duration patience = Duration.ofSeconds(30);
  private ScriptedWorkers workers;

  @AfterEach
  void nothingStays() throws Exception {
    workers.awaitNoLanes();
    assertThat(budget.all().held()).as("memory that is held").isZero();
    threads.shutdown();
    boolean ended = threads.awaitTermination(30, TimeUnit.SECONDS);
    assertThat(ended).as("every thread has come back").isTrue();
  }

  private int run(Script script) throws IOException {
    workers = new ScriptedWorkers(threads, script).withLogin(() -> login.get());
    Server server =
        new RemoteServer(
            "s",
            workers,
            List.of(UserMask.ALL),
            2,
            threads,
            new Tolerance(patience, Duration.ZERO));
    byte[] users = "jane\njoe\njim\n".getBytes(StandardCharsets.UTF_8);
    return new Brain(threads, Clock.systemUTC(), new About("doveadm"))
        .run(
            List.of("search", "-F", "-", "all"),
            new Console(new ByteArrayInputStream(users), out, error, false, 80),
            new FixedResources(List.of(server), budget.all()),
            started -> {});
  }

  private String errors() {
    return error.toString(StandardCharsets.UTF_8);
  }

  private void expectAllDone() {
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactlyInAnyOrder("jane g 1", "joe g 1", "jim g 1");
    assertThat(errors()).contains("3 users, 3 matched");
  }

  /** No user was done, each has one outcome, and it is said once why. */
  private void expectNoneDone(String why) {
    assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(errors()).containsOnlyOnce(why).contains("3 users, 3 failed");
    for (String user : List.of("jane", "joe", "jim")) {
      assertThat(errors()).containsOnlyOnce("(" + user + "): Error: Server s is not available");
    }
  }

  private static Message refused(int id, String text) {
    return new Message.Done(id, Outcome.NO_PERMISSION, text, Map.of(), 0);
  }

  @Test
  void aWorkerThatAcceptsTheLoginIsGivenUsers() throws Exception {
    int code =
        run(
            (peer, n) -> {
              peer.say(STRANGER);
              Message.Authenticate asked = peer.await(Message.Authenticate.class);
              assertThat(asked.mechanism()).isEqualTo("PLAIN");
              peer.say(done(asked.requestId()));
              peer.answerAll();
            });
    assertThat(code).as(errors()).isZero();
    expectAllDone();
  }

  @Test
  void aWorkerThatKnowsThePeerIsNotAskedForALogin() throws Exception {
    int code =
        run(
            (peer, n) -> {
              peer.say(KNOWN);
              peer.answerAll();
            });
    assertThat(code).as(errors()).isZero();
    expectAllDone();
  }

  @Test
  void aLoginIsRefusedInTheWordsOfTheWorker() throws Exception {
    int code =
        run(
            (peer, n) -> {
              peer.say(STRANGER);
              int id = peer.await(Message.Authenticate.class).requestId();
              peer.say(refused(id, "Authentication failed"));
              peer.answerAll();
            });
    assertThat(code).isEqualTo(77);
    expectNoneDone("Authentication failed (PLAIN; server s)");
  }

  @Test
  void aWorkerThatCannotDecideIsNotAvailableAtTheMoment() throws Exception {
    int code =
        run(
            (peer, n) -> {
              peer.say(STRANGER);
              int id = peer.await(Message.Authenticate.class).requestId();
              peer.say(new Message.Done(id, Outcome.TEMPORARY_FAILURE, "later", Map.of(), 0));
            });
    assertThat(code).isEqualTo(75);
    expectNoneDone("later (PLAIN; server s)");
  }

  @Test
  void oneLaneIsEnoughWhereTheNextOneIsRefused() throws Exception {
    int code =
        run(
            (peer, number) -> {
              peer.say(STRANGER);
              int id = peer.await(Message.Authenticate.class).requestId();
              peer.say(number == 1 ? done(id) : refused(id, "one is enough"));
              peer.answerAll();
            });
    assertThat(code).as(errors()).isZero();
    expectAllDone();
  }

  @Test
  void aServerThatHasNotProvedItselfIsNotTalkedTo() throws Exception {
    login = () -> SaslClient.scramSha256("", "admin", "secret");
    int code =
        run(
            (peer, n) -> {
              peer.say(STRANGER);
              peer.say(done(peer.await(Message.Authenticate.class).requestId()));
              peer.answerAll();
            });
    assertThat(code).isEqualTo(77);
    expectNoneDone("Server s has not proved who it is");
  }

  @Test
  void aServerWhoseProofIsWrongIsNotTalkedTo() throws Exception {
    login = () -> SaslClient.scramSha256("", "admin", "secret");
    int code =
        run(
            (peer, n) -> {
              peer.say(STRANGER);
              int id = peer.await(Message.Authenticate.class).requestId();
              peer.say(new Message.Challenge(id, "r=x,s=y,i=1".getBytes()));
              assertThat(peer.await(Message.Response.class).data()).isEmpty();
              peer.say(done(id));
              peer.answerAll();
            });
    assertThat(code).isEqualTo(77);
    expectNoneDone("Server s has not proved who it is");
  }

  @Test
  void challengesWithoutEndAreNotAnsweredForEver() throws Exception {
    patience = Duration.ofMillis(300);
    int code =
        run(
            (peer, n) -> {
              peer.say(STRANGER);
              int id = peer.await(Message.Authenticate.class).requestId();
              while (true) {
                peer.say(new Message.Challenge(id, new byte[0]));
                peer.await(Message.Response.class);
              }
            });
    assertThat(code).isEqualTo(75);
    expectNoneDone("cannot open a lane");
  }

  /** Where a worker stops, or says what it may not. */
  private enum Breach {
    SAYS_NOTHING("cannot open a lane") {
      @Override
      void commit(Peer peer) throws Exception {
        peer.await(Message.Fault.class); // never
      }
    },
    GREETS_AND_SAYS_NOTHING("cannot open a lane") {
      @Override
      void commit(Peer peer) throws Exception {
        peer.say(STRANGER);
        peer.await(Message.Fault.class); // never
      }
    },
    CLOSES_AT_ONCE("the connection was closed") {
      @Override
      void commit(Peer peer) {}
    },
    CLOSES_BEHIND_THE_GREETING("the connection was closed") {
      @Override
      void commit(Peer peer) throws Exception {
        peer.say(STRANGER);
        peer.await(Message.Authenticate.class);
      }
    },
    CLOSES_HALF_WAY("the connection was closed") {
      @Override
      void commit(Peer peer) throws Exception {
        peer.say(STRANGER);
        int id = peer.await(Message.Authenticate.class).requestId();
        peer.say(new Message.Challenge(id, new byte[0]));
        peer.await(Message.Response.class);
      }
    },
    CLOSES_INSIDE_A_FRAME("the connection was closed") {
      @Override
      void commit(Peer peer) throws Exception {
        peer.write((byte) 0, (byte) 0, (byte) 0, (byte) 50, (byte) 1);
      }
    },
    NO_GREETING("it did not begin with a hello") {
      @Override
      void commit(Peer peer) throws Exception {
        peer.say(done(1));
      }
    },
    ANOTHER_VERSION("its hello is for version 9") {
      @Override
      void commit(Peer peer) throws Exception {
        peer.say(new Message.Hello(9, "x", Optional.empty(), List.of()));
      }
    },
    ENDED_BEFORE_IT_WAS_BEGUN("it answered a request that is not its turn") {
      @Override
      void commit(Peer peer) throws Exception {
        peer.say(STRANGER, done(1));
      }
    },
    ANOTHER_ID("it answered a request that is not its turn") {
      @Override
      void commit(Peer peer) throws Exception {
        peer.say(STRANGER);
        peer.say(done(peer.await(Message.Authenticate.class).requestId() + 1));
      }
    },
    ENDED_TWICE("it answered a request that is not its turn") {
      @Override
      void commit(Peer peer) throws Exception {
        peer.say(STRANGER);
        int id = peer.await(Message.Authenticate.class).requestId();
        peer.say(done(id), done(id));
      }
    },
    SECOND_GREETING("it answered a request that is not its turn") {
      @Override
      void commit(Peer peer) throws Exception {
        peer.say(STRANGER, KNOWN);
      }
    },
    OUTPUT("it does not end an authentication") {
      @Override
      void commit(Peer peer) throws Exception {
        peer.say(STRANGER);
        int id = peer.await(Message.Authenticate.class).requestId();
        peer.say(new Message.Columns(id, List.of(new Column("uid"))));
      }
    },
    ROW("it sent a row that does not fit its columns") {
      @Override
      void commit(Peer peer) throws Exception {
        peer.say(STRANGER);
        int id = peer.await(Message.Authenticate.class).requestId();
        peer.say(new Message.Row(id, List.of(Value.of(1))));
      }
    },
    INPUT_WANTED("it wants input for a command that reads none") {
      @Override
      void commit(Peer peer) throws Exception {
        peer.say(STRANGER);
        int id = peer.await(Message.Authenticate.class).requestId();
        peer.say(new Message.Wanted(id, 1));
      }
    },
    FAULT("it says: no room") {
      @Override
      void commit(Peer peer) throws Exception {
        peer.say(new Message.Fault("no room"));
      }
    },
    FAULT_HALF_WAY("it says: too many failed authentications") {
      @Override
      void commit(Peer peer) throws Exception {
        peer.say(STRANGER);
        peer.await(Message.Authenticate.class);
        peer.say(new Message.Fault("too many failed authentications"));
      }
    },
    FRAME_TOO_LONG("frame length 2130706432 refused") {
      @Override
      void commit(Peer peer) throws Exception {
        peer.say(STRANGER);
        peer.write((byte) 0x7f, (byte) 0, (byte) 0, (byte) 0);
      }
    };

    private final String why;

    Breach(String why) {
      this.why = why;
    }

    abstract void commit(Peer peer) throws Exception;
  }

  @ParameterizedTest
  @EnumSource(Breach.class)
  void aLoginThatDoesNotComeToItsEndFailsTheUsersAndNothingStaysOpen(Breach breach)
      throws Exception {
    if (breach == Breach.SAYS_NOTHING || breach == Breach.GREETS_AND_SAYS_NOTHING) {
      patience = Duration.ofMillis(300);
    }
    int code =
        run(
            (peer, n) -> {
              breach.commit(peer);
              if (!breach.name().startsWith("CLOSES")) {
                peer.answerAll(); // it would go on; the brain does not listen any more
              }
            });
    assertThat(code).as(errors()).isEqualTo(75);
    expectNoneDone(breach.why);
  }
}
