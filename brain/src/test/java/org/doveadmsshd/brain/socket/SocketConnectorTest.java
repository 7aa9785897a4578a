package org.doveadmsshd.brain.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.doveadmsshd.auth.sasl.SaslClient;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.remote.LaneTransport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SocketConnectorTest {
  @TempDir Path directory;
  private final Looks timer = new Looks();

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  private SocketConnector connector(Path path) {
    return new SocketConnector(
        "local", path, () -> SaslClient.external(""), timer, Duration.ofSeconds(30));
  }

  /** A timer that looks after a lane whenever the test has it do so, and at no other time. */
  private static final class Looks extends ScheduledThreadPoolExecutor {
    private Runnable look;
    private Future<?> watching;

    Looks() {
      super(1);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(
        Runnable task, long initial, long delay, TimeUnit unit) {
      look = task;
      ScheduledFuture<?> never = schedule(() -> {}, 1, TimeUnit.DAYS);
      watching = never;
      return never;
    }

    /** Until the peer has been asked so often, which it is when it is waited for. */
    void lookUntil(AtomicInteger asked, int count) {
      while (asked.get() < count) {
        look(1);
        Thread.onSpinWait();
      }
    }

    void look(int times) {
      for (int i = 0; i < times; i++) {
        look.run();
      }
    }
  }

  @Test
  void aPeerThatSaysNothingIsAskedAndThenGivenUp() throws Exception {
    Path path = directory.resolve("s");
    ExecutorService threads = Executors.newCachedThreadPool();
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      LaneTransport lane = connector(path).open();
      AtomicInteger asked = new AtomicInteger();
      lane.watch(asked::incrementAndGet);
      timer.look(20);
      assertThat(asked).as("nobody waits for it").hasValue(0);
      try (SocketChannel worker = server.accept()) {
        Future<Integer> answer = threads.submit(() -> lane.in().read());
        timer.lookUntil(asked, 1);
        worker.write(ByteBuffer.wrap(new byte[] {7}));
        assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo(7);
        timer.look(20);
        assertThat(asked).as("it is not waited for").hasValue(1);
        assertThat(lane.whyLost()).isEmpty();
        Future<Integer> none = threads.submit(() -> lane.in().read());
        timer.lookUntil(asked, 2);
        timer.look(3);
        assertThatThrownBy(() -> none.get(10, TimeUnit.SECONDS))
            .hasCauseInstanceOf(IOException.class);
        assertThat(lane.whyLost()).contains("it does not answer any more");
        assertThat(timer.watching.isCancelled()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aLaneThatIsClosedIsLookedAfterNoMore() throws Exception {
    Path path = directory.resolve("s");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      LaneTransport lane = connector(path).open();
      lane.watch(() -> {});
      assertThat(timer.watching.isCancelled()).isFalse();
      lane.close();
      assertThat(timer.watching.isCancelled()).isTrue();
      assertThat(lane.whyLost()).isEmpty();
    }
  }

  @Test
  void whoWaitsForAnAnswerDoesNotKeepOthersFromAsking() throws Exception {
    Path path = directory.resolve("s");
    ExecutorService threads = Executors.newCachedThreadPool();
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      SocketConnector connector = connector(path);
      try (LaneTransport lane = connector.open();
          SocketChannel worker = server.accept()) {
        Future<Integer> answer = threads.submit(() -> lane.in().read());
        awaitBlocked(answer);
        threads
            .submit(
                () -> {
                  lane.out().write(new byte[] {1, 2, 3});
                  return null;
                })
            .get(10, TimeUnit.SECONDS);
        ByteBuffer got = ByteBuffer.allocate(10);
        assertThat(worker.read(got)).isEqualTo(3);
        worker.write(ByteBuffer.wrap(new byte[] {(byte) 0xfe}));
        assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo(0xfe);
        lane.finish();
        assertThat(worker.read(got)).isEqualTo(-1);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void whereNobodyListensTheServerAndTheSocketAreNamed() {
    Path path = directory.resolve("nobody");
    SocketConnector connector = connector(path);
    assertThatThrownBy(connector::open)
        .hasMessageStartingWith("Server local: cannot connect to " + path + ": ")
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.UNREACHABLE));
  }

  @Test
  void eachLaneLogsInByItself() throws Exception {
    AtomicInteger made = new AtomicInteger();
    SocketConnector connector =
        new SocketConnector(
            "local",
            directory.resolve("s"),
            () -> {
              made.incrementAndGet();
              return SaslClient.external("");
            },
            timer,
            Duration.ofSeconds(30));
    assertThat(connector.authentication().orElseThrow())
        .isNotSameAs(connector.authentication().orElseThrow());
    assertThat(made).hasValue(2);
  }

  @Test
  void aLaneThatIsClosedIsAtItsEndOnBothSidesAndMayBeEndedAgain() throws Exception {
    Path path = directory.resolve("s");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      SocketConnector connector = connector(path);
      LaneTransport lane = connector.open();
      assertThat(lane.roundTripMicros()).isZero();
      try (SocketChannel worker = server.accept()) {
        lane.close();
        assertThat(worker.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        lane.finish();
        lane.close();
      }
    }
  }

  /** Until the thread that reads is in the system call, as far as can be seen from here. */
  private static void awaitBlocked(Future<Integer> reading) {
    long end = System.nanoTime() + 10_000_000_000L;
    while (System.nanoTime() < end && !reading.isDone()) {
      boolean blocked =
          Thread.getAllStackTraces().values().stream()
              .filter(stack -> stack.length > 0)
              .anyMatch(
                  stack ->
                      java.util.Arrays.stream(stack)
                          .anyMatch(
                              frame ->
                                  frame.getClassName().contains("SocketConnector$Lane")
                                      || frame.getClassName().contains("ChannelStreams")
                                      || frame.getClassName().contains("ChannelInputStream")));
      if (blocked) {
        return;
      }
      Thread.onSpinWait();
    }
  }
}
