package org.doveadmsshd.worker.supervised;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.ChannelStreams;
import org.doveadmsshd.protocol.Extension;
import org.doveadmsshd.protocol.FrameReader;
import org.doveadmsshd.protocol.FrameWriter;
import org.doveadmsshd.protocol.LaneClient;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;

/**
 * The connection to a worker process, which lasts from one user to the next. One thread reads; any
 * may send and close.
 */
final class WorkerLane implements Closeable {
  private static final int BUFFER = 64 * 1024;

  private final SocketChannel channel;
  private final FrameWriter out;
  private final FrameReader in;
  private final LaneClient client = new LaneClient();

  private WorkerLane(SocketChannel channel) {
    this.channel = channel;
    OutputStream stream = ChannelStreams.out(channel);
    out = new FrameWriter(stream::write, stream::flush);
    in = new FrameReader(channel, BUFFER);
  }

  /** Connects; the hello has been written, but not flushed. */
  static WorkerLane open(Path socket) throws IOException {
    WorkerLane lane = new WorkerLane(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
    List<String> extensions = List.of(Extension.OUTCOMES);
    lane.out.send(new Message.Hello(Limits.VERSION, "doveadm-sshd", Optional.empty(), extensions));
    return lane;
  }

  void send(Message message) throws IOException {
    out.send(message);
  }

  /** Sends a request; what the worker says of it goes to {@code answers}. */
  void ask(Message.Run request, LaneClient.Answers answers) throws IOException {
    client.add(request.requestId(), answers);
    out.send(request);
  }

  /** Sends something at once; if that cannot be, the thread that reads finds out. */
  void tell(Message message) {
    try {
      out.send(message);
      out.flush();
    } catch (IOException e) {
      // as it says
    }
  }

  /**
   * Whether it answers when it is asked for a sign of life; also as long as it has said nothing.
   */
  boolean answersPings() {
    return client.hello().map(hello -> hello.extensions().contains(Extension.PING)).orElse(true);
  }

  /** Whether a request has not ended. */
  boolean isBusy() {
    return client.size() > 0;
  }

  void flush() throws IOException {
    out.flush();
  }

  /**
   * Waits for messages, and hands them on.
   *
   * @throws EOFException when the worker is gone
   */
  void read() throws IOException {
    if (!in.read(client)) {
      throw new EOFException("the worker has gone");
    }
  }

  /**
   * Whether the worker has ended since its last message, or has sent something without a request.
   */
  boolean isGone() {
    try {
      channel.configureBlocking(false);
      int length = channel.read(ByteBuffer.allocate(1));
      channel.configureBlocking(true);
      return length != 0;
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // it is of no further use in any case
    }
  }
}
