package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.remote.RemoteServer;
import org.doveadmsshd.brain.remote.ScriptedWorkers;
import org.doveadmsshd.brain.remote.ScriptedWorkers.Peer;
import org.doveadmsshd.brain.remote.ScriptedWorkers.Script;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs on servers whose workers follow a script: each user has one outcome, whatever it says. */
@Timeout(120)
class ScriptedWorkersTest {
  private static final Message HELLO =
      new Message.Hello(Limits.VERSION, "scripted", Optional.of("m"), List.of());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();
  private final MemoryBudget budget = new MemoryBudget(16 * 1024 * 1024);
  private volatile Run run;

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  /** Whether the first lane has been asked twice. */
  private final CountDownLatch firstHasTwo = new CountDownLatch(2);

  private ScriptedWorkers workers(Script script) {
    return new ScriptedWorkers(threads, script)
        .telling(
            (message, number) -> {
              if (number == 1 && message instanceof Message.Run) {
                firstHasTwo.countDown();
              }
            });
  }

  private int run(Script script, int lanes, String... words) throws IOException {
    return run(script, lanes, Patience.STANDARD, words);
  }

  private int run(Script script, int lanes, Patience patience, String... words) throws IOException {
    return run(workers(script), lanes, patience, words);
  }

  private int run(ScriptedWorkers workers, int lanes, Patience patience, String... words)
      throws IOException {
    StringBuilder names = new StringBuilder();
    for (int i = 1; i <= 40; i++) {
      names.append("user%02d%n".formatted(i));
    }
    Server server = new RemoteServer("s", workers, List.of(UserMask.ALL), lanes, threads);
    InputStream in = new ByteArrayInputStream(names.toString().getBytes(StandardCharsets.UTF_8));
    Brain.Resources resources = new FixedResources(List.of(server), budget.all());
    return new Brain(threads, Clock.systemUTC(), new About("doveadm"), patience)
        .run(
            List.of(words),
            new Console(in, out, error, false, 80),
            resources,
            started -> run = (Run) started);
  }

  private static final String[] SEARCH = {"search", "-F", "-", "all"};

  private void expectAllUsersOnce() {
    assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(40).doesNotHaveDuplicates();
  }

  private String errors() {
    return error.toString(StandardCharsets.UTF_8);
  }

  @Test
  void workersThatKeepToTheProtocolAnswerForAll() throws Exception {
    assertThat(run((peer, n) -> sayHelloAndAnswer(peer), 3, SEARCH)).isZero();
    expectAllUsersOnce();
    assertThat(errors()).contains("40 users, 40 matched");
  }

  private static void sayHelloAndAnswer(Peer peer) throws Exception {
    peer.say(HELLO);
    peer.answerAll();
  }

  /** The first lane does something, the others are fine, and leave it two users at least. */
  private Script firstLane(Script script) {
    return (peer, number) -> {
      if (number == 1) {
        peer.say(HELLO);
        firstHasTwo.await(); // else the brain may send it no second one
        script.play(peer, number);
      } else {
        firstHasTwo.await();
        sayHelloAndAnswer(peer);
      }
    };
  }

  @Test
  void aLaneThatIsCutInsideAMessageIsALostConnectionAndItsUsersAreDoneByAnother() throws Exception {
    Script script =
        firstLane(
            (peer, n) -> {
              peer.nextRun();
              peer.write(new byte[] {0, 0, 0, 100, 25});
            });
    assertThat(run(script, 2, SEARCH)).isZero();
    expectAllUsersOnce();
    assertThat(errors()).doesNotContain("protocol");
  }

  @Test
  void whatMayHaveBeenDoneIsNotDoneAgainIfThatMatters() throws Exception {
    Script script =
        firstLane(
            (peer, n) -> {
              peer.nextRun();
              peer.say(new Message.Fault("no more"));
            });
    String[] words = {"copy", "-F", "-", "Archive", "mailbox", "x", "all"};
    assertThat(run(script, 2, words)).isEqualTo(75);
    assertThat(errors()).contains("it says: no more; it may have been done all the same");
    assertThat(errors()).contains("40 users");
  }

  @Test
  void aWorkerOfAnotherVersionFailsItsUsersWithThatReason() throws Exception {
    Script script =
        (peer, n) -> {
          peer.say(HELLO);
          int id = peer.nextRun().requestId();
          peer.say(new Message.Columns(id, List.of(new Column("other"))));
          Thread.sleep(Long.MAX_VALUE);
        };
    assertThat(run(script, 2, SEARCH)).isEqualTo(75);
    assertThat(errors())
        .contains("none of the worker's columns is known here: it runs another version");
    assertThat(errors()).contains("40 users, 40 failed");
  }

  @Test
  void aWorkerThatNeverGreetsFailsTheUsersItWasGivenInTime() throws Exception {
    Patience patience = new Patience(Duration.ofMillis(100), Duration.ofSeconds(5));
    Script script =
        (peer, number) -> {
          if (number == 1) {
            Thread.sleep(Long.MAX_VALUE);
          }
          sayHelloAndAnswer(peer);
        };
    String[] words = {"search", "-F", "-", "--timeout", "100ms", "all"};
    assertThat(run(script, 2, patience, words)).isEqualTo(75);
    assertThat(errors()).contains("The worker does not answer").contains("40 users");
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .hasSizeGreaterThanOrEqualTo(39)
        .doesNotHaveDuplicates();
  }

  @Test
  void stoppingEndsAtOnceWhereAWorkerIsDeaf() throws Exception {
    Patience patience = new Patience(Duration.ofSeconds(5), Duration.ofMillis(100));
    Script script =
        (peer, n) -> {
          peer.say(HELLO);
          peer.nextRun();
          run.cancel();
          Thread.sleep(Long.MAX_VALUE);
        };
    assertThat(run(script, 1, patience, SEARCH)).isEqualTo(75);
    assertThat(errors()).contains("Stopped").contains("not begun");
  }

  @Test
  void aCancelReachesRequestsThatWaitToBeSent() throws Exception {
    CountDownLatch cancelled = new CountDownLatch(1);
    List<Integer> left = Collections.synchronizedList(new ArrayList<>());
    Script script =
        (peer, n) -> {
          peer.say(HELLO);
          left.add(peer.nextRun().requestId());
          run.cancel();
          cancelled.countDown();
          Set<Integer> stopped = new HashSet<>();
          while (true) {
            Message message = peer.next();
            if (message instanceof Message.Run) {
              left.add(message.requestId());
            } else if (left.contains(message.requestId())) {
              stopped.add(message.requestId());
            }
            while (!left.isEmpty() && stopped.contains(left.get(0))) { // in their order
              int id = left.remove(0);
              peer.say(new Message.Done(id, Outcome.CANCELLED, "Cancelled", Map.of(), 1));
            }
          }
        };
    ScriptedWorkers workers =
        new ScriptedWorkers(threads, script)
            .telling(
                (message, n) -> {
                  if (message instanceof Message.Run) {
                    await(cancelled); // the next requests fill the pipe, and the outbox
                  }
                });
    Patience patience = new Patience(Duration.ofSeconds(5), Duration.ofSeconds(20));
    String text = "x".repeat(50_000);
    assertThat(run(workers, 1, patience, "search", "-F", "-", "body", text)).isEqualTo(75);
    assertThat(errors()).contains("Stopped");
    assertThat(left).as("requests without a CANCEL behind them").isEmpty();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aWorkerThatDoesNotReadHoldsUpNobodyElse() throws Exception {
    CountDownLatch others = new CountDownLatch(1);
    Script script =
        (peer, number) -> {
          peer.say(HELLO);
          if (number == 1) {
            others.await(); // what is sent to it fills the pipe
          }
          peer.answerAll();
        };
    threads.execute(
        () -> {
          while (out.toString(StandardCharsets.UTF_8).lines().count() < 30) {
            Thread.onSpinWait();
          }
          others.countDown();
        });
    String text = "x".repeat(30_000);
    assertThat(run(script, 2, "search", "-F", "-", "body", text)).isZero();
    expectAllUsersOnce();
  }

  @Test
  void signsOfLifeBetweenAnswersAreNoAnswers() throws Exception {
    Script script =
        (peer, n) -> {
          peer.say(HELLO, new Message.Alive());
          while (true) {
            Message.Run request = peer.nextRun();
            int id = request.requestId();
            peer.say(new Message.Alive(), new Message.Progress(id, 1, 2), new Message.Alive());
            peer.answer(request);
            peer.say(new Message.Alive());
          }
        };
    assertThat(run(script, 3, SEARCH)).as(errors()).isZero();
    expectAllUsersOnce();
  }

  @ParameterizedTest
  @EnumSource(names = {"NO_PERMISSION", "CONFIGURATION_ERROR", "TEMPORARY_FAILURE"})
  void whyAServerCannotListItsUsersIsTheExitCode(Outcome outcome) throws Exception {
    Script script =
        (peer, n) -> {
          peer.say(HELLO);
          Message message = peer.next();
          while (!(message instanceof Message.ListUsers)) {
            message = peer.next();
          }
          peer.say(new Message.Done(1, outcome, "its users are not told", Map.of(), 0));
        };
    assertThat(run(script, 1, "search", "-A", "all")).isEqualTo(outcome.exitCode());
    assertThat(errors()).contains("its users are not told");
    assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
  }
}
