package org.doveadmsshd.worker.supervised;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.doveadmsshd.base.ChannelStreams;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.FrameReader;
import org.doveadmsshd.protocol.FrameWriter;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.supervision.LineChannel;

/**
 * A supervisor, and worker processes that are threads: the first follows a script on its first
 * lane, the others answer whatever they are asked.
 */
final class ScriptedProcesses implements Closeable {
  private final Path directory;
  private final ExecutorService threads;
  private final Script first;
  private final ServerSocketChannel listening;
  private final List<SocketChannel> lanes = new CopyOnWriteArrayList<>();
  private final List<CountDownLatch> hungUp = new CopyOnWriteArrayList<>();
  private final AtomicInteger started = new AtomicInteger();

  ScriptedProcesses(Path directory, ExecutorService threads, Script first) throws IOException {
    this.directory = directory;
    this.threads = threads;
    this.first = first;
    listening = listen("supervisor");
    threads.execute(this::supervise);
  }

  /** Where the supervisor listens. */
  Path supervisor() {
    return directory.resolve("supervisor");
  }

  /** How many processes there have been. */
  int started() {
    return started.get();
  }

  /** Whether the server has closed every connection, now or soon. */
  boolean areAllClosed() throws InterruptedException {
    for (CountDownLatch each : hungUp) {
      if (!each.await(30, TimeUnit.SECONDS)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (SocketChannel each : lanes) {
      each.close();
    }
  }

  private ServerSocketChannel listen(String name) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    return channel.bind(UnixDomainSocketAddress.of(directory.resolve(name)));
  }

  /** What a worker process says. */
  interface Script {
    void play(Peer peer) throws Exception;
  }

  /** The worker's end of a lane. */
  static final class Peer {
    private final BlockingQueue<Message> heard = new LinkedBlockingQueue<>();
    private final SocketChannel channel;
    private final FrameWriter out;

    Peer(SocketChannel channel) {
      this.channel = channel;
      OutputStream bytes = ChannelStreams.out(channel);
      out = new FrameWriter(bytes::write, bytes::flush);
    }

    void say(Message... messages) throws IOException {
      for (Message message : messages) {
        out.send(message);
      }
      out.flush();
    }

    void write(int... bytes) throws IOException {
      ByteBuffer buffer = ByteBuffer.allocate(bytes.length);
      for (int each : bytes) {
        buffer.put((byte) each);
      }
      channel.write(buffer.flip());
    }

    /** What the server sends next. */
    Message next() throws InterruptedException {
      return heard.take();
    }

    /** Says nothing more. */
    void end() throws IOException {
      channel.shutdownOutput();
    }

    /** The id of the next RUN. */
    int nextRun() throws InterruptedException {
      return await(Message.Run.class).requestId();
    }

    <T extends Message> T await(Class<T> kind) throws InterruptedException {
      Message message;
      do {
        message = heard.take();
      } while (!kind.isInstance(message));
      return kind.cast(message);
    }

    void answerAll() throws Exception {
      say(HELLO);
      while (true) {
        answer(nextRun());
      }
    }

    void answer(int id) throws IOException {
      say(columns(id), row(id), done(id));
    }
  }

  static final Message HELLO =
      new Message.Hello(Limits.VERSION, "worker", Optional.empty(), List.of());

  static Message columns(int id) {
    return new Message.Columns(id, List.of(new Column("uid")));
  }

  static Message row(int id) {
    return new Message.Row(id, List.of(Value.of(7)));
  }

  static Message done(int id) {
    return new Message.Done(id, Outcome.OK, "", Map.of(), 1);
  }

  private void supervise() {
    try {
      while (true) {
        SocketChannel channel = listening.accept();
        CountDownLatch end = new CountDownLatch(1);
        hungUp.add(end);
        threads.execute(() -> supervise(channel, end));
      }
    } catch (IOException e) {
      // the test is over
    }
  }

  /** Each WORKER is a process of its own, except that one stays on until it was LOST. */
  private void supervise(SocketChannel accepted, CountDownLatch end) {
    try (SocketChannel channel = accepted) {
      LineChannel lines = new LineChannel(ChannelStreams.in(channel), ChannelStreams.out(channel));
      String process = null;
      while (true) {
        List<String> request = lines.receive();
        if (request.get(0).equals("LOST")) {
          process = null;
          lines.send("ENDED", "has ended by itself");
        } else if (request.get(0).equals("WORKER")) {
          process = process == null ? start() : process;
          String users = Integer.toString(request.size() - 3);
          lines.send("WORKER", directory.resolve(process).toString(), users, "stays");
        }
      }
    } catch (IOException e) {
      // the server has gone
    } finally {
      end.countDown();
    }
  }

  private String start() throws IOException {
    int number = started.incrementAndGet();
    String name = "w" + number;
    ServerSocketChannel socket = listen(name);
    threads.execute(() -> accept(socket, number == 1 ? first : Peer::answerAll));
    return name;
  }

  private void accept(ServerSocketChannel from, Script script) {
    Script next = script;
    try (from) {
      while (true) {
        SocketChannel channel = from.accept();
        lanes.add(channel);
        Peer peer = new Peer(channel);
        CountDownLatch end = new CountDownLatch(1);
        hungUp.add(end);
        Script played = next;
        threads.execute(() -> hear(peer, end));
        threads.execute(() -> play(peer, played));
        next = Peer::answerAll;
      }
    } catch (IOException e) {
      // the test is over
    }
  }

  private static void hear(Peer peer, CountDownLatch end) {
    FrameReader reader = new FrameReader(peer.channel, 8192);
    try {
      while (reader.read(peer.heard::add)) {
        // one read after another
      }
    } catch (IOException e) {
      // the lane has been closed
    } finally {
      end.countDown();
    }
  }

  private static void play(Peer peer, Script script) {
    try {
      script.play(peer);
    } catch (Exception e) {
      // the server has gone, or the test is over
    }
  }
}
