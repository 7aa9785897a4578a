package org.doveadmsshd.worker.supervised;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.auth.Master;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.ProtocolException;
import org.doveadmsshd.worker.RequestControl;
import org.doveadmsshd.worker.ScopeLines;
import org.doveadmsshd.worker.UserWork;

/**
 * Requests on their way to a worker process, and what comes back, on the caller's thread: while who
 * wanted it does not read, neither is the worker read from, and it waits.
 *
 * <p>The worker is sent all of them at first, and says how one has ended before it begins the next:
 * when it is lost, that one is in doubt, and those after it have not been begun.
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

  private final ArrayDeque<UserWork.Order> orders;
  private final UserWork.Course course;
  private final ScheduledExecutorService timer;
  private final WorkerLane lane;
  private final ArrayDeque<UserWork.Order> unfinished = new ArrayDeque<>(); // guarded by this
  private Future<?> deadline; // guarded by this
  private InputStream input;
  private IOException broken;

  /** The worker process is gone, or of no use any more. */
  static final class LostException extends Exception {
    LostException(IOException cause) {
      super(cause);
    }
  }

  /**
   * @param orders what is to be done; each is taken out when it has ended. The first has begun
   * @param count so many of them, from the first on, are the worker's
   */
  Relay(
      ArrayDeque<UserWork.Order> orders,
      int count,
      UserWork.Course course,
      WorkerLane lane,
      ScheduledExecutorService timer) {
    this.orders = orders;
    this.course = course;
    this.lane = lane;
    this.timer = timer;
    orders.stream().limit(count).forEach(unfinished::add);
  }

  /**
   * Returns when all have ended; the lane is good for further ones then.
   *
   * @throws LostException when the worker has not said how the first that is left ended
   * @throws IOException when what it puts out cannot be delivered any more
   */
  void run() throws LostException, IOException {
    try {
      List<UserWork.Order> asked = List.copyOf(unfinished);
      ask(asked);
      asked.forEach(each -> each.control().onCancel(() -> cancel(each)));
      watch();
      while (!isOver()) {
        lane.read(this::take);
      }
    } catch (IOException e) {
      if (broken != null) {
        throw broken;
      }
      throw new LostException(e);
    } finally {
      leave();
      closeInput();
    }
  }

  private void ask(List<UserWork.Order> asked) throws IOException {
    UserWork.Order first = asked.get(0);
    Master master = first.master();
    lane.send(new Message.ActFor(master.name(), ScopeLines.write(master.scope())));
    for (UserWork.Order each : asked) {
      Message.Run run = each.request();
      boolean running = each == first; // its clock is
      lane.send(
          new Message.Run(
              run.requestId(),
              run.user(),
              run.command(),
              run.arguments(),
              run.nowMillis(),
              running ? each.control().millisLeft() : run.deadlineMillis(),
              run.context()));
    }
    lane.flush();
  }

  private synchronized boolean isOver() {
    return unfinished.isEmpty();
  }

  /** Comes from whoever cancels; the worker reads whatever else it does. */
  private synchronized void cancel(UserWork.Order order) {
    if (!unfinished.contains(order)) {
      return; // the lane may be somebody else's by now
    }
    try {
      lane.send(new Message.Cancel(order.request().requestId()));
      lane.flush();
    } catch (IOException e) {
      return; // the reading thread finds out
    }
    watch();
  }

  /** Sees to it that the one that has begun ends in time. */
  private synchronized void watch() {
    if (unfinished.isEmpty()) {
      return;
    }
    RequestControl control = unfinished.element().control();
    if (control.isCancelled()) {
      giveUpAfter(0);
    } else if (control.millisLeft() > 0) {
      giveUpAfter(control.millisLeft());
    }
  }

  private synchronized void giveUpAfter(long millis) {
    stopWatching();
    long grace = TimeUnit.SECONDS.toMillis(GRACE_SECONDS);
    deadline = timer.schedule(this::giveUp, millis + grace, TimeUnit.MILLISECONDS);
  }

  private synchronized void stopWatching() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  private synchronized void giveUp() {
    if (!unfinished.isEmpty()) {
      lane.close();
    }
  }

  private synchronized void leave() {
    unfinished.forEach(each -> each.control().onCancel(null));
    unfinished.clear();
    stopWatching();
  }

  private void take(Message message) throws IOException {
    if (message instanceof Message.Hello) {
      return;
    }
    if (message instanceof Message.Fault) {
      throw new ProtocolException(((Message.Fault) message).text());
    }
    if (isOver() || message.requestId() != orders.element().request().requestId()) {
      throw new ProtocolException("a worker sent what nobody has asked for");
    }
    if (message instanceof Message.Done) {
      end((Message.Done) message);
    } else if (message instanceof Message.Wanted) {
      feed((Message.Wanted) message);
    } else if (OUTPUT.contains(message.getClass())) {
      pass(message);
    } else {
      throw new ProtocolException("a worker sent " + message.getClass().getSimpleName());
    }
  }

  private void end(Message.Done done) throws IOException {
    UserWork.Order order = orders.remove();
    order.control().onCancel(null);
    synchronized (this) {
      unfinished.remove();
      stopWatching();
    }
    closeInput();
    order.output().end(done);
    deliver(() -> course.end(order, null));
    if (!isOver()) {
      course.begin(orders.element());
      watch();
    }
  }

  private void pass(Message message) throws IOException {
    deliver(() -> orders.element().output().pass(message));
  }

  /** Tells somebody who may be gone. */
  @FunctionalInterface
  private interface Delivery {
    void run() throws IOException;
  }

  private void deliver(Delivery delivery) throws IOException {
    try {
      delivery.run();
    } catch (IOException e) {
      broken = e;
      throw e;
    }
  }

  private void closeInput() throws IOException {
    if (input != null) {
      input.close();
      input = null;
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
      lane.send(new Message.Input(orders.element().request().requestId(), last, piece));
    }
    lane.flush();
  }

  private int readInput(byte[] buffer) throws IOException {
    try {
      if (input == null) {
        input = orders.element().input().open();
      }
      return input.readNBytes(buffer, 0, buffer.length);
    } catch (IOException | org.doveadmsshd.base.Failure e) {
      broken = e instanceof IOException ? (IOException) e : new IOException(e.getMessage(), e);
      throw broken;
    }
  }
}
