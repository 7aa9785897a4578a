package org.doveadmsshd.worker;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Masters;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.ChannelStreams;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.FrameReader;
import org.doveadmsshd.protocol.FrameWriter;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.supervision.LineChannel;

/**
 * A supervisor whose worker processes are threads of this one. Each of its connections has a worker
 * of its own, with a socket, as long as it lasts.
 */
final class ThreadWorkers implements Closeable {
  private static final int BUFFER = 16 * 1024;

  private final Path directory;
  private final Userdb users;
  private final Worker worker;
  private final MemoryBudget.Share memory;
  private final ExecutorService threads;
  private final ServerSocketChannel listening;
  private final ConcurrentLinkedQueue<Closeable> open = new ConcurrentLinkedQueue<>();
  private final AtomicInteger sockets = new AtomicInteger();
  private final Semaphore cancels = new Semaphore(0);

  /**
   * @param worker carries out what is asked of all of them
   * @param memory for what waits on their lanes
   */
  ThreadWorkers(
      Path directory,
      Userdb users,
      Worker worker,
      MemoryBudget.Share memory,
      ExecutorService threads)
      throws IOException {
    this.directory = directory;
    this.users = users;
    this.worker = worker;
    this.memory = memory;
    this.threads = threads;
    listening = listen(supervisor());
    threads.execute(() -> accept(listening, this::supervise));
  }

  /** Where the supervisor listens. */
  Path supervisor() {
    return directory.resolve("supervisor");
  }

  /** Waits for a CANCEL that has come to a worker. */
  void awaitCancel() throws InterruptedException {
    cancels.acquire();
  }

  private ServerSocketChannel listen(Path path) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    open.add(channel);
    channel.bind(UnixDomainSocketAddress.of(path));
    return channel;
  }

  /** Serves a connection until it ends. */
  private interface Service {
    void serve(SocketChannel channel) throws IOException, Failure;
  }

  private void accept(ServerSocketChannel from, Service service) {
    try {
      while (true) {
        SocketChannel channel = from.accept();
        open.add(channel);
        threads.execute(() -> serve(channel, service));
      }
    } catch (IOException e) {
      // the test is over
    }
  }

  private static void serve(SocketChannel accepted, Service service) {
    try (SocketChannel channel = accepted) {
      service.serve(channel);
    } catch (IOException | Failure e) {
      // the other side has gone
    }
  }

  /** What a supervisor does for one connection of the server (docs/SUPERVISOR.md). */
  private void supervise(SocketChannel channel) throws IOException, Failure {
    LineChannel lines = new LineChannel(ChannelStreams.in(channel), ChannelStreams.out(channel));
    Path socket = directory.resolve("worker" + sockets.incrementAndGet());
    try (ServerSocketChannel lanes = listen(socket)) {
      threads.execute(() -> accept(lanes, this::lane));
      while (true) {
        List<String> request = lines.receive();
        if (request.get(0).equals("WORKER")) {
          assign(lines, socket, request.subList(3, request.size()));
        } else if (request.get(0).equals("LOST")) {
          lines.send("ENDED", "has ended");
        }
      }
    }
  }

  /** As many as are known, from the first on. */
  private void assign(LineChannel lines, Path socket, List<String> names)
      throws IOException, Failure {
    int known = 0;
    while (known < names.size() && isKnown(names.get(known))) {
      known++;
    }
    if (known > 0) {
      lines.send("WORKER", socket.toString(), Integer.toString(known), "stays");
    } else {
      String code = Integer.toString(Outcome.NO_USER.code());
      lines.send("FAILED", code, "User doesn't exist: " + names.get(0));
    }
  }

  private boolean isKnown(String name) throws Failure {
    Optional<MailUser> user = users.find(name);
    return user.isPresent();
  }

  /** What a worker process does for one connection. */
  private void lane(SocketChannel channel) throws IOException {
    OutputStream out = ChannelStreams.out(channel);
    FrameWriter writer = new FrameWriter(out::write, out::flush);
    LaneSession lane =
        new LaneSession(
            Workers.always(worker),
            Masters.NONE,
            LanePeer.server(),
            threads,
            new LaneSession.Transport(writer, () -> hangUp(channel), memory, true),
            "test");
    lane.start();
    FrameReader reader = new FrameReader(channel, BUFFER);
    try {
      while (reader.read(message -> receive(lane, message))) {
        // one read after another
      }
    } finally {
      lane.closed();
    }
  }

  private void receive(LaneSession lane, Message message) {
    lane.receive(message);
    if (message instanceof Message.Cancel) {
      cancels.release();
    }
  }

  private static void hangUp(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // it is closed all the same
    }
  }

  @Override
  public void close() throws IOException {
    for (Closeable each : open) {
      each.close();
    }
  }
}
