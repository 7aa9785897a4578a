package org.doveadmsshd.brain.remote;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ObjIntConsumer;
import java.util.function.Supplier;
import org.doveadmsshd.auth.sasl.SaslClient;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.FrameDecoder;
import org.doveadmsshd.protocol.FrameWriter;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;

/** Workers that follow a script, each at the other end of a lane. */
public final class ScriptedWorkers implements Connector {
  /** The columns of {@code search}. */
  public static final List<Column> COLUMNS =
      List.of(
          new Column("mailbox-guid", Column.HIDE_TITLE),
          new Column("uid", Column.HIDE_TITLE | Column.NUMBER));

  /** Of a worker that knows its peer. */
  public static final Message HELLO =
      new Message.Hello(Limits.VERSION, "scripted", Optional.of("m"), List.of());

  private final Executor threads;
  private final Script script;
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();
  private volatile ObjIntConsumer<Message> listener = (message, number) -> {};
  private volatile Supplier<Optional<SaslClient>> login = Optional::empty;
  private volatile long roundTripMicros;

  /** What a worker does with one connection; number counts them from 1. */
  public interface Script {
    void play(Peer peer, int number) throws Exception;
  }

  public ScriptedWorkers(Executor threads, Script script) {
    this.threads = threads;
    this.script = script;
  }

  /** Has somebody told of each message that a worker hears, and which worker that is. */
  public ScriptedWorkers telling(ObjIntConsumer<Message> told) {
    listener = told;
    return this;
  }

  /** Has the brain log in. */
  public ScriptedWorkers withLogin(Supplier<SaslClient> how) {
    login = () -> Optional.of(how.get());
    return this;
  }

  /** Has the way to them seem to take that long. */
  public ScriptedWorkers farAway(long micros) {
    roundTripMicros = micros;
    return this;
  }

  /** Waits until all are closed: a lane that is being opened when its run ends is closed then. */
  public void awaitNoLanes() {
    while (open.get() > 0) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** How many lanes the brain has opened and not closed. */
  public int openLanes() {
    return open.get();
  }

  @Override
  public Optional<SaslClient> authentication() {
    return login.get();
  }

  @Override
  public LaneTransport open() throws IOException {
    Pipe toWorker = new Pipe();
    Pipe toBrain = new Pipe();
    Peer peer = new Peer(toBrain.out);
    int number = opened.incrementAndGet();
    open.incrementAndGet();
    threads.execute(() -> listen(toWorker.in, number, peer.heard));
    threads.execute(() -> play(peer, number, toBrain));
    return new Transport(toBrain, toWorker);
  }

  private void play(Peer peer, int number, Pipe toBrain) {
    try {
      script.play(peer, number);
    } catch (Exception e) {
      // the brain has gone, or the test is over
    } finally { // also when an assertion fails: the lane is lost then
      toBrain.close();
    }
  }

  private void listen(InputStream in, int number, BlockingQueue<Message> heard) {
    FrameDecoder decoder = new FrameDecoder();
    byte[] buffer = new byte[8192];
    try {
      for (int got; (got = in.read(buffer)) >= 0; ) {
        decoder.feed(
            buffer,
            0,
            got,
            message -> {
              heard.add(message);
              listener.accept(message, number);
            });
      }
    } catch (IOException e) {
      // the lane has been closed
    } finally {
      heard.add(Peer.END);
    }
  }

  /** The worker's end of a lane. */
  public static final class Peer {
    private static final Message END = new Message.Fault("the lane is closed");

    private final BlockingQueue<Message> heard = new LinkedBlockingQueue<>();
    private final FrameWriter out;
    private final OutputStream bytes;

    /** One that says things, and hears nothing. */
    public Peer(OutputStream bytes) {
      this.bytes = bytes;
      out = new FrameWriter(bytes::write, bytes::flush);
    }

    /**
     * Waits for the next message of the brain.
     *
     * @throws EOFException when the lane is closed
     */
    public Message next() throws InterruptedException, EOFException {
      Message message = heard.take();
      if (message == END) {
        heard.add(END);
        throw new EOFException("the lane is closed");
      }
      return message;
    }

    public void say(Message... messages) throws IOException {
      for (Message message : messages) {
        out.send(message);
      }
      out.flush();
    }

    /** Sends bytes, which need not be a frame. */
    public void write(byte... raw) throws IOException {
      bytes.write(raw);
      bytes.flush();
    }

    /** Waits for the next message of a kind, and passes over others. */
    public <T extends Message> T await(Class<T> kind) throws InterruptedException, EOFException {
      Message message;
      do {
        message = next();
      } while (!kind.isInstance(message));
      return kind.cast(message);
    }

    public Message.Run nextRun() throws InterruptedException, EOFException {
      return await(Message.Run.class);
    }

    /** Answers whatever is asked, to the end. */
    public void answerAll() throws Exception {
      while (true) {
        answer(nextRun());
      }
    }

    /** One mail is found. */
    public void answer(Message.Run request) throws IOException {
      int id = request.requestId();
      Message row = new Message.Row(id, List.of(Value.of("g"), Value.of(1)));
      say(new Message.Columns(id, COLUMNS), row, done(id));
    }
  }

  public static Message done(int id) {
    return new Message.Done(id, Outcome.OK, "", Map.of("matched", 1L), 1000);
  }

  /** Bytes from one thread to another; either may end it. */
  private static final class Pipe {
    private final PipedInputStream in = new PipedInputStream(64 * 1024);
    private final PipedOutputStream out = new PipedOutputStream();

    Pipe() throws IOException {
      out.connect(in);
    }

    void close() {
      try {
        out.close();
      } catch (IOException e) {
        // it is closed all the same
      }
    }

    void cut() {
      close();
      try {
        in.close();
      } catch (IOException e) {
        // it is closed all the same
      }
    }
  }

  private final class Transport implements LaneTransport {
    private final Pipe toBrain;
    private final Pipe toWorker;
    private final AtomicBoolean closed = new AtomicBoolean();

    Transport(Pipe toBrain, Pipe toWorker) {
      this.toBrain = toBrain;
      this.toWorker = toWorker;
    }

    @Override
    public InputStream in() {
      return toBrain.in;
    }

    @Override
    public OutputStream out() {
      return toWorker.out;
    }

    @Override
    public long roundTripMicros() {
      return roundTripMicros;
    }

    @Override
    public void finish() {
      toWorker.close();
      toBrain.close();
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        open.decrementAndGet();
      }
      toWorker.cut();
      toBrain.cut();
    }
  }
}
