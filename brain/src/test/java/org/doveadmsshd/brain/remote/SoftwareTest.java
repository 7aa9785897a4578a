package org.doveadmsshd.brain.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server is asked what it is. */
@Timeout(60)
class SoftwareTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private ScriptedWorkers workers;

  @AfterEach
  void nothingStays() {
    assertThat(workers.openLanes()).isZero();
    threads.shutdownNow();
  }

  private Optional<String> software(Duration patience, ScriptedWorkers.Script script)
      throws Failure {
    workers = new ScriptedWorkers(threads, script);
    return new RemoteServer(
            "s", workers, List.of(UserMask.ALL), 2, threads, new Tolerance(patience, Duration.ZERO))
        .software();
  }

  @Test
  void itSaysWhatItIsInItsHello() throws Exception {
    Message hello = new Message.Hello(Limits.VERSION, "scripted 2", Optional.of("m"), List.of());
    assertThat(software(Duration.ofSeconds(30), (peer, number) -> peer.say(hello)))
        .contains("scripted 2, protocol " + Limits.VERSION);
  }

  @Test
  void oneThatNeverGreetsIsGivenUp() {
    assertThatThrownBy(
            () ->
                software(Duration.ofMillis(300), (peer, number) -> peer.await(Message.Done.class)))
        .isInstanceOf(Failure.class)
        .hasMessageStartingWith("Server s: cannot open a lane: ");
  }

  @Test
  void oneOfAnotherProtocolSaysSo() {
    Message hello =
        new Message.Hello(Limits.VERSION + 1, "scripted 3", Optional.of("m"), List.of());
    assertThatThrownBy(() -> software(Duration.ofSeconds(30), (peer, number) -> peer.say(hello)))
        .hasMessageContaining("its hello is for version " + (Limits.VERSION + 1));
  }
}
