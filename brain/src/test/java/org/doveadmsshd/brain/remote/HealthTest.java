package org.doveadmsshd.brain.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.Health;
import org.doveadmsshd.protocol.Extension;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server is asked how it is. */
@Timeout(60)
class HealthTest {
  private static final Message HELLO =
      new Message.Hello(Limits.VERSION, "scripted 2", Optional.of("m"), List.of(Extension.CLOCK));

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private ScriptedWorkers workers;

  @AfterEach
  void nothingStays() {
    assertThat(workers.openLanes()).isZero();
    threads.shutdownNow();
  }

  private Health health(ScriptedWorkers.Script script) throws Failure {
    workers = new ScriptedWorkers(threads, script);
    return new RemoteServer("s", workers, List.of(UserMask.ALL), 2, threads).health();
  }

  /** Says the time that a clock shows which goes wrong by so much, as often as it is asked. */
  private static void tellTimes(ScriptedWorkers.Peer peer, Map<String, Long> counts)
      throws Exception {
    peer.say(HELLO);
    for (int i = 0; i < 3; i++) {
      int id = peer.await(Message.Clock.class).requestId();
      peer.say(new Message.Done(id, Outcome.OK, "", counts, 0));
    }
  }

  @Test
  void itsClockIsComparedWithOurs() throws Exception {
    Duration hour = Duration.ofHours(1);
    Health health =
        health(
            (peer, number) ->
                tellTimes(
                    peer, Map.of(Message.Clock.NOW, System.currentTimeMillis() + hour.toMillis())));
    assertThat(health.software()).isEqualTo("scripted 2");
    assertThat(health.ahead().orElseThrow().minus(hour).abs()).isLessThan(Duration.ofMinutes(1));
    assertThat(health.roundTrip()).isPositive();
  }

  @Test
  void oneThatIsTooOldToTellTheTimeIsNotAskedForIt() throws Exception {
    Health health = health((peer, number) -> peer.say(ScriptedWorkers.HELLO));
    assertThat(health.software()).isEqualTo("scripted");
    assertThat(health.ahead()).isEmpty();
  }

  @Test
  void oneThatTellsNoTimeWhenAskedHasNone() throws Exception {
    assertThat(health((peer, number) -> tellTimes(peer, Map.of())).ahead()).isEmpty();
  }

  @Test
  void anAbsurdTimeIsATime() throws Exception {
    for (long absurd : new long[] {Long.MAX_VALUE, Long.MIN_VALUE, 0}) {
      Health health = health((peer, number) -> tellTimes(peer, Map.of(Message.Clock.NOW, absurd)));
      assertThat(health.ahead()).isPresent();
    }
  }

  @Test
  void oneThatGoesAwayMeanwhileIsUnreachable() {
    assertThatThrownBy(
            () ->
                health(
                    (peer, number) -> {
                      peer.say(HELLO);
                      peer.await(Message.Clock.class);
                    }))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.UNREACHABLE))
        .hasMessageStartingWith("Server s does not answer: ");
  }
}
