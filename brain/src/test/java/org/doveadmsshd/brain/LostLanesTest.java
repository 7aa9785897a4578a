package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.remote.Connector;
import org.doveadmsshd.brain.remote.RemoteServer;
import org.doveadmsshd.brain.remote.ScriptedWorkers;
import org.doveadmsshd.brain.remote.ScriptedWorkers.Peer;
import org.doveadmsshd.brain.remote.ScriptedWorkers.Script;
import org.doveadmsshd.brain.remote.Tolerance;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Lanes that are lost in the middle of a run, and servers that are away for a while or for good.
 */
@Timeout(60)
class LostLanesTest {
  private static final int USERS = 40;
  private static final Tolerance PATIENT =
      new Tolerance(Duration.ofSeconds(30), Duration.ofSeconds(50));
  private static final Tolerance SHORT =
      new Tolerance(Duration.ofSeconds(30), Duration.ofMillis(400));
  private static final String[] SEARCH = {"search", "-F", "-", "all"};
  private static final String[] COPY = {"-v", "copy", "-F", "-", "Archive", "mailbox", "x", "all"};
  private static final Message HELLO =
      new Message.Hello(Limits.VERSION, "scripted", Optional.of("m"), List.of());

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Typed typed = new Typed();

  /** Of whom a worker has heard. */
  private final Set<String> heard = ConcurrentHashMap.newKeySet();

  @AfterEach
  void stop() {
    typed.close();
    threads.shutdownNow();
  }

  private Server server(String name, Script script, int lanes, Tolerance tolerance) {
    ScriptedWorkers workers =
        new ScriptedWorkers(threads, script)
            .telling(
                (message, number) -> {
                  if (message instanceof Message.Run) {
                    heard.add(((Message.Run) message).user());
                  }
                });
    return new RemoteServer(name, workers, List.of(UserMask.ALL), lanes, threads, tolerance);
  }

  /** A server that answers some users on its first lane, and cannot be reached from then on. */
  private Server gone(String name, int answered) {
    ScriptedWorkers workers =
        new ScriptedWorkers(threads, (peer, number) -> answer(peer, answered));
    AtomicInteger opened = new AtomicInteger();
    Connector once =
        () -> {
          if (opened.getAndIncrement() > 0) {
            throw new Failure(Outcome.UNREACHABLE, "Server " + name + ": refused");
          }
          return workers.open();
        };
    return new RemoteServer(name, once, List.of(UserMask.ALL), 1, threads, SHORT);
  }

  private int run(List<Server> servers, String... words) throws IOException {
    String names = ManyLanes.users(USERS).stream().collect(Collectors.joining("\n", "", "\n"));
    return typed.run(servers, names, words);
  }

  private static void answer(Peer peer, int users) throws Exception {
    peer.say(HELLO);
    for (int i = 0; i < users; i++) {
      peer.answer(peer.nextRun());
    }
  }

  private static void answerAll(Peer peer) throws Exception {
    peer.say(HELLO);
    peer.answerAll();
  }

  private void expectAllUsersOnce() {
    assertThat(typed.printed().lines()).hasSize(USERS).doesNotHaveDuplicates();
    assertThat(typed.said()).contains(USERS + " users, 40 matched");
  }

  @Test
  void lanesThatAreLostAgainAndAgainAreOpenedAgain() throws Exception {
    Script script =
        (peer, number) -> {
          if (number <= 5) {
            answer(peer, 2);
          } else {
            answerAll(peer);
          }
        };
    assertThat(run(List.of(server("s", script, 1, PATIENT)), SEARCH)).as(typed.said()).isZero();
    expectAllUsersOnce();
    assertThat(typed.said())
        .contains("Warning: Server s: the connection was lost", "its users wait for it")
        .contains("Server s is there again");
  }

  @Test
  void usersOfAServerThatDoesNotComeBackAreUnreachableAndTheOthersAreDone() throws Exception {
    assertThat(run(List.of(gone("s", 3)), "-v", "search", "-F", "-", "all")).isEqualTo(75);
    assertThat(typed.printed().lines()).hasSizeBetween(3, USERS - 1);
    long rows = typed.printed().lines().count();
    assertThat(typed.said().lines().filter(line -> line.contains("): Error: ")))
        .hasSize((int) (USERS - rows));
    assertThat(typed.said()).contains("refused; given up after", "Server s is not available");
  }

  @Test
  void usersOfAServerThatDoesNotComeBackGoToTheNextOneThatMayHaveThem() throws Exception {
    Server there = server("there", (peer, number) -> answerAll(peer), 1, SHORT);
    assertThat(run(List.of(gone("gone", 1), there), SEARCH)).as(typed.said()).isZero();
    expectAllUsersOnce();
  }

  @Test
  void whatMayHaveBeenDoneIsUnknownAndWhoeverNoWorkerHasHeardOfIsDone() throws Exception {
    AtomicInteger doubtful = new AtomicInteger();
    Script script =
        (peer, number) -> {
          peer.say(HELLO);
          if (number == 1) {
            peer.nextRun();
            return; // the lane is cut
          }
          while (true) {
            Message.Run request = peer.nextRun();
            peer.say(ScriptedWorkers.done(request.requestId()));
          }
        };
    assertThat(run(List.of(server("s", script, 1, PATIENT)), COPY)).isEqualTo(75);
    for (String line : typed.said().split("\n")) {
      if (line.contains("it may have been done all the same")) {
        doubtful.incrementAndGet();
      }
    }
    assertThat(doubtful.get()).isBetween(1, 4);
    assertThat(heard).as("all others are asked for").hasSizeGreaterThanOrEqualTo(USERS - 3);
    assertThat(typed.said()).contains(USERS + " users", doubtful + " failed");
  }

  @Test
  void whoBreaksTheProtocolAgainAndAgainIsNotWaitedFor() throws Exception {
    Script script = (peer, number) -> peer.say(new Message.Fault("no"));
    assertThat(run(List.of(server("s", script, 1, PATIENT)), SEARCH)).isEqualTo(75);
    assertThat(typed.said()).contains("it says: no", USERS + " failed");
  }
}
