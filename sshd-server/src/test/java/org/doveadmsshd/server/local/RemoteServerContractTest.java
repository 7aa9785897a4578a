package org.doveadmsshd.server.local;

import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Masters;
import org.doveadmsshd.auth.sasl.SaslClient;
import org.doveadmsshd.base.ChannelStreams;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.Server;
import org.doveadmsshd.brain.remote.RemoteServer;
import org.doveadmsshd.brain.socket.SocketConnector;
import org.doveadmsshd.protocol.FrameReader;
import org.doveadmsshd.protocol.FrameWriter;
import org.doveadmsshd.worker.LanePeer;
import org.doveadmsshd.worker.LaneSession;
import org.doveadmsshd.worker.Worker;
import org.doveadmsshd.worker.Workers;

/** The promises kept by a server at the other end of lanes, over a UNIX socket. */
class RemoteServerContractTest extends ServerContract {
  private final List<SocketChannel> open = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private ServerSocketChannel listening;

  @Override
  Server open(Worker worker, Master master, int lanes) throws IOException {
    Path socket = directory.resolve("lanes");
    listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listening.bind(UnixDomainSocketAddress.of(socket));
    threads.execute(() -> accept(worker, master));
    SocketConnector connector =
        new SocketConnector(
            "far", socket, () -> SaslClient.external(""), timer, Duration.ofSeconds(30));
    return new RemoteServer("far", connector, List.of(UserMask.ALL), lanes, threads);
  }

  private void accept(Worker worker, Master master) {
    try {
      while (true) {
        SocketChannel channel = listening.accept();
        open.add(channel);
        threads.execute(() -> serve(channel, worker, master));
      }
    } catch (IOException e) {
      // the test is over
    }
  }

  /** As the server does it for a socket that only its owner can open. */
  private void serve(SocketChannel channel, Worker worker, Master master) {
    OutputStream out = ChannelStreams.out(channel);
    FrameWriter writer = new FrameWriter(out::write, out::flush);
    LaneSession lane =
        new LaneSession(
            Workers.always(worker),
            Masters.NONE,
            LanePeer.authenticated(() -> Optional.of(master)),
            threads,
            new LaneSession.Transport(writer, () -> close(channel), budget.all(), true),
            "test");
    lane.start();
    FrameReader reader = new FrameReader(channel, 8192);
    try {
      while (reader.read(lane::receive)) {
        // one read after another
      }
      lane.inputEnded();
    } catch (IOException e) {
      lane.closed(); // the brain has gone
      close(channel);
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // it is closed all the same
    }
  }

  @Override
  void close() throws IOException {
    timer.shutdownNow();
    listening.close();
    open.forEach(RemoteServerContractTest::close);
  }
}
