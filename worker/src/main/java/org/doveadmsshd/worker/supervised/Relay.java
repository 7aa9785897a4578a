package org.doveadmsshd.worker.supervised;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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
final class Relay {
  /** How long a worker may take to stop once it should have; then it is given up. */
  private static final int GRACE_SECONDS = 10;

  /** What goes on to who asked, as it is. */
  private static final Set<Class<? extends Message>> OUTPUT =
      Set.of(
          Message.Columns.class,
          Message.Row.class,
          Message.Chunk.class,
          Message.Progress.class,
          Message.Log.class);

  private final UserWork.Order order;
  private final RequestOutput output;
  private final ScheduledExecutorService timer;
  private final WorkerLane lane;
  private final List<Future<?>> deadlines = new ArrayList<>(); // guarded by this, as is over
  private boolean over;
  private InputStream input;
  private IOException broken;
  private boolean done;

  /** The worker process is gone, or of no use any more. */
  static final class LostException extends Exception {
    LostException(IOException cause) {
      super(cause);
    }
  }

  Relay(
      UserWork.Order order, RequestOutput output, WorkerLane lane, ScheduledExecutorService timer) {
    this.order = order;
    this.output = output;
    this.lane = lane;
    this.timer = timer;
  }

  /**
   * Returns when the request has ended; the lane is good for a further one then.
   *
   * @throws LostException when the worker has not said how it ended
   * @throws IOException when what it puts out cannot be delivered any more
   */
  void run() throws LostException, IOException {
    try {
      ask();
      order.control().onCancel(this::cancel);
      if (order.control().millisLeft() > 0) {
        giveUpAfter(order.control().millisLeft());
      }
      while (!done) {
        lane.read(this::take);
      }
    } catch (IOException e) {
      if (broken != null) {
        throw broken;
      }
      throw new LostException(e);
    } finally {
      order.control().onCancel(null);
      leave();
      if (input != null) {
        input.close();
      }
    }
  }

  private void ask() throws IOException {
    Message.Run run = order.request();
    lane.send(new Message.ActFor(order.master().name(), ScopeLines.write(order.master().scope())));
    lane.send(
        new Message.Run(
            run.requestId(),
            run.user(),
            run.command(),
            run.arguments(),
            run.nowMillis(),
            order.control().millisLeft(),
            run.context()));
    lane.flush();
  }

  /** Comes from whoever cancels; the worker reads whatever else it does. */
  private synchronized void cancel() {
    if (over) {
      return; // the lane may be somebody else's by now
    }
    try {
      lane.send(new Message.Cancel(order.request().requestId()));
      lane.flush();
    } catch (IOException e) {
      return; // the reading thread finds out
    }
    giveUpAfter(0);
  }

  private synchronized void giveUpAfter(long millis) {
    long grace = TimeUnit.SECONDS.toMillis(GRACE_SECONDS);
    deadlines.add(timer.schedule(this::giveUp, millis + grace, TimeUnit.MILLISECONDS));
  }

  private synchronized void giveUp() {
    if (!over) {
      lane.close();
    }
  }

  private synchronized void leave() {
    over = true;
    deadlines.forEach(deadline -> deadline.cancel(false));
  }

  private void take(Message message) throws IOException {
    if (message instanceof Message.Hello) {
      return;
    }
    if (message instanceof Message.Fault) {
      throw new ProtocolException(((Message.Fault) message).text());
    }
    if (done || message.requestId() != order.request().requestId()) {
      throw new ProtocolException("a worker sent what nobody has asked for");
    }
    if (message instanceof Message.Done) {
      output.end((Message.Done) message);
      done = true;
    } else if (message instanceof Message.Wanted) {
      feed((Message.Wanted) message);
    } else if (OUTPUT.contains(message.getClass())) {
      pass(message);
    } else {
      throw new ProtocolException("a worker sent " + message.getClass().getSimpleName());
    }
  }

  private void pass(Message message) throws IOException {
    try {
      output.pass(message);
    } catch (IOException e) {
      broken = e;
      throw e;
    }
  }

  /** The worker wants more of what the command reads. */
  private void feed(Message.Wanted wanted) throws IOException {
    byte[] buffer = new byte[Limits.MAX_CHUNK];
    boolean last = false;
    for (int i = 0; i < Math.min(wanted.pieces(), Limits.MAX_WANTED) && !last; i++) {
      int length = readInput(buffer);
      last = length < buffer.length;
      ByteBuffer piece = ByteBuffer.wrap(buffer, 0, length);
      lane.send(new Message.Input(order.request().requestId(), last, piece));
    }
    lane.flush();
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
