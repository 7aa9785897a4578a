package org.doveadmsshd.brain.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.doveadmsshd.auth.sasl.SaslClient;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.remote.LaneTransport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketConnectorTest {
  @TempDir Path directory;

  @Test
  void whoWaitsForAnAnswerDoesNotKeepOthersFromAsking() throws Exception {
    Path path = directory.resolve("s");
    ExecutorService threads = Executors.newCachedThreadPool();
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      SocketConnector connector = new SocketConnector("local", path, () -> SaslClient.external(""));
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
    SocketConnector connector = new SocketConnector("local", path, () -> SaslClient.external(""));
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
            });
    assertThat(connector.authentication().orElseThrow())
        .isNotSameAs(connector.authentication().orElseThrow());
    assertThat(made).hasValue(2);
  }

  @Test
  void aLaneThatIsClosedIsAtItsEndOnBothSidesAndMayBeEndedAgain() throws Exception {
    Path path = directory.resolve("s");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      SocketConnector connector = new SocketConnector("local", path, () -> SaslClient.external(""));
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
