package org.doveadmsshd.worker.supervised;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.protocol.ChannelStreams;
import org.doveadmsshd.protocol.FrameDecoder;
import org.doveadmsshd.protocol.FrameWriter;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.ProtocolException;
import org.doveadmsshd.worker.RequestOutput;
import org.doveadmsshd.worker.ScopeLines;
import org.doveadmsshd.worker.UserWork;

/**
 * One request on its way to a worker process, and what comes back, on the caller's thread: while
 * who wanted it does not read, neither is the worker read from, and it waits.
 */
final class Relay implements Message.Visitor<Void, IOException> {
  /** How long a worker may take to stop once it should have; then it is given up. */
  private static final int GRACE_SECONDS = 10;

  private static final int BUFFER = 64 * 1024;

  private final UserWork.Order order;
  private final RequestOutput output;
  private final ScheduledExecutorService timer;
  private SocketChannel channel;
  private FrameWriter out;
  private InputStream input;
  private IOException broken;
  private boolean greeted;
  private boolean done;

  /** The worker process is gone, or of no use any more. */
  static final class LostException extends Exception {
    LostException(IOException cause) {
      super(cause);
    }
  }

  Relay(UserWork.Order order, RequestOutput output, ScheduledExecutorService timer) {
    this.order = order;
    this.output = output;
    this.timer = timer;
  }

  /**
   * Returns when the request has ended.
   *
   * @throws LostException when the worker has not said how it ended
   * @throws IOException when what it puts out cannot be delivered any more
   */
  void run(Path socket) throws LostException, IOException {
    Future<?> deadline = null;
    try (SocketChannel lane = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      channel = lane;
      OutputStream stream = ChannelStreams.out(lane);
      out = new FrameWriter(stream::write, stream::flush);
      ask();
      order.control().onCancel(this::cancel);
      deadline =
          order.control().millisLeft() > 0 ? giveUpAfter(order.control().millisLeft()) : null;
      read();
    } catch (IOException e) {
      if (broken != null) {
        throw broken;
      }
      throw new LostException(e);
    } finally {
      order.control().onCancel(null);
      if (deadline != null) {
        deadline.cancel(false);
      }
      if (input != null) {
        input.close();
      }
    }
  }

  private void ask() throws IOException {
    Message.Run run = order.request();
    out.send(new Message.Hello(Limits.VERSION, "doveadm-sshd", Optional.empty(), List.of()));
    out.send(new Message.ActFor(order.master().name(), ScopeLines.write(order.master().scope())));
    out.send(
        new Message.Run(
            run.requestId(),
            run.user(),
            run.command(),
            run.arguments(),
            run.nowMillis(),
            order.control().millisLeft(),
            run.context()));
    out.flush();
  }

  /** Comes from whoever cancels; the worker reads whatever else it does. */
  private void cancel() {
    try {
      out.send(new Message.Cancel(order.request().requestId()));
      out.flush();
    } catch (IOException e) {
      return; // the reading thread finds out
    }
    giveUpAfter(0);
  }

  private Future<?> giveUpAfter(long millis) {
    SocketChannel lane = channel;
    long grace = TimeUnit.SECONDS.toMillis(GRACE_SECONDS);
    return timer.schedule(() -> close(lane), millis + grace, TimeUnit.MILLISECONDS);
  }

  private static void close(SocketChannel lane) {
    try {
      lane.close();
    } catch (IOException e) {
      // it is of no further use in any case
    }
  }

  private void read() throws IOException {
    FrameDecoder decoder = new FrameDecoder();
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    while (!done) {
      if (channel.read(buffer.clear()) < 0) {
        throw new java.io.EOFException("the worker has gone");
      }
      decoder.feed(buffer.array(), 0, buffer.position(), message -> message.accept(this));
    }
  }

  @Override
  public Void unexpected(Message message) throws IOException {
    throw new ProtocolException("a worker sent " + message.getClass().getSimpleName());
  }

  @Override
  public Void hello(Message.Hello hello) throws IOException {
    greeted = true;
    return null;
  }

  @Override
  public Void fault(Message.Fault fault) throws IOException {
    throw new ProtocolException(fault.text());
  }

  @Override
  public Void columns(Message.Columns columns) throws IOException {
    return pass(columns);
  }

  @Override
  public Void row(Message.Row row) throws IOException {
    return pass(row);
  }

  @Override
  public Void chunk(Message.Chunk chunk) throws IOException {
    return pass(chunk);
  }

  @Override
  public Void progress(Message.Progress progress) throws IOException {
    return pass(progress);
  }

  @Override
  public Void log(Message.Log log) throws IOException {
    return pass(log);
  }

  @Override
  public Void done(Message.Done message) throws IOException {
    check(message);
    output.end(message);
    done = true;
    return null;
  }

  private void check(Message message) throws ProtocolException {
    if (!greeted || done || message.requestId() != order.request().requestId()) {
      throw new ProtocolException("a worker sent what nobody has asked for");
    }
  }

  private Void pass(Message message) throws IOException {
    check(message);
    try {
      output.pass(message);
    } catch (IOException e) {
      broken = e;
      throw e;
    }
    return null;
  }

  /** The worker wants more of what the command reads. */
  @Override
  public Void wanted(Message.Wanted wanted) throws IOException {
    check(wanted);
    byte[] buffer = new byte[Limits.MAX_CHUNK];
    boolean last = false;
    for (int i = 0; i < Math.min(wanted.pieces(), Limits.MAX_WANTED) && !last; i++) {
      int length = readInput(buffer);
      last = length < buffer.length;
      ByteBuffer piece = ByteBuffer.wrap(buffer, 0, length);
      out.send(new Message.Input(order.request().requestId(), last, piece));
    }
    out.flush();
    return null;
  }

  private int readInput(byte[] buffer) throws IOException {
    try {
      if (input == null) {
        input = order.input().open();
      }
      return input.readNBytes(buffer, 0, buffer.length);
    } catch (IOException | org.doveadmsshd.protocol.Failure e) {
      broken = e instanceof IOException ? (IOException) e : new IOException(e.getMessage(), e);
      throw broken;
    }
  }
}
