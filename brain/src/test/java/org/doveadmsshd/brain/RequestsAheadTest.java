package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.remote.RemoteServer;
import org.doveadmsshd.brain.remote.ScriptedWorkers;
import org.doveadmsshd.brain.remote.ScriptedWorkers.Peer;
import org.doveadmsshd.brain.remote.ScriptedWorkers.Script;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many users a worker is sent ahead of its answers: as many as keep it busy. */
@Timeout(60)
class RequestsAheadTest {
  private static final int USERS = 400;
  private static final int MILLISECOND = 1000;
  private static final Message HELLO =
      new Message.Hello(Limits.VERSION, "scripted", Optional.of("m"), List.of());

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Typed typed = new Typed();
  private final AtomicInteger unanswered = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  @AfterEach
  void stop() {
    typed.close();
    threads.shutdownNow();
  }

  /** One lane, whose worker does what the script says. */
  private void run(long roundTripMicros, Script script) throws Exception {
    ScriptedWorkers workers =
        new ScriptedWorkers(threads, script)
            .farAway(roundTripMicros)
            .telling((message, number) -> count(message));
    Server server = new RemoteServer("s", workers, List.of(UserMask.ALL), 1, threads);
    String users =
        IntStream.range(0, USERS).mapToObj(i -> "user" + i).collect(Collectors.joining("\n"));
    assertThat(typed.run(List.of(server), users, "search", "-F", "-", "all"))
        .as(typed.said())
        .isZero();
    assertThat(typed.said()).contains(USERS + " users");
  }

  private void count(Message message) {
    if (message instanceof Message.Run) {
      most.accumulateAndGet(unanswered.incrementAndGet(), Math::max);
    }
  }

  /**
   * Answers the oldest requests.
   *
   * @param first of them; ids count from 1
   * @param micros that each has taken
   */
  private void answer(Peer peer, int first, int count, long micros) throws Exception {
    for (int id = first; id < first + count; id++) {
      unanswered.decrementAndGet();
      peer.say(new Message.Done(id, Outcome.OK, "", Map.of(), micros));
    }
  }

  private static void hear(Peer peer, int requests) throws Exception {
    for (int i = 0; i < requests; i++) {
      peer.nextRun();
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 4", "2000, 6", "10000, 22", "119000, 240", "60000000, 240"})
  void asManyUsersAreUnderWayAsFillTheWay(long roundTripMicros, int ahead) throws Exception {
    run(
        roundTripMicros,
        (peer, number) -> {
          peer.say(HELLO);
          hear(peer, ahead);
          for (int id = 1; id <= USERS; id++) {
            answer(peer, id, 1, MILLISECOND);
            hear(peer, id + ahead <= USERS ? 1 : 0);
          }
        });
    assertThat(most).hasValue(ahead);
  }

  @Test
  void fewerAreUnderWayWhenUsersTakeLonger() throws Exception {
    int before = 22;
    int after = 4;
    run(
        10 * MILLISECOND,
        (peer, number) -> {
          peer.say(HELLO);
          hear(peer, before);
          answer(peer, 1, before - after, 1000 * MILLISECOND);
          most.set(0);
          for (int id = before - after + 1; id <= USERS; id++) {
            answer(peer, id, 1, 1000 * MILLISECOND);
            hear(peer, id + after <= USERS ? 1 : 0);
          }
        });
    assertThat(most).hasValue(after);
  }
}
