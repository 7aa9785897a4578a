package org.doveadmsshd.worker.supervised;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.SignsOfLife;
import org.doveadmsshd.protocol.LaneClient;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.ProtocolException;
import org.doveadmsshd.worker.RequestControl;
import org.doveadmsshd.worker.ScopeLines;
import org.doveadmsshd.worker.UserWork;

/**
 * Relays requests to a worker process, and messages back, on the caller's thread. While the client
 * does not read, the worker is not read from either, and waits.
 *
 * <p>All requests are sent at first. The worker sends the DONE of each before it begins the next.
 * So if the worker is lost, only the first request without a DONE is in doubt; those after it have
 * not been begun.
 *
 * <p>A cancel only marks and schedules. Another thread sends it, so that neither the thread that
 * cancels nor the timer of all relays can hang on a worker that does not read.
 */
final class Relay {
  /** How long a worker may take to stop once it should have; then it is given up. */
  private static final int GRACE_SECONDS = 10;

  private final ArrayDeque<UserWork.Order> orders;
  private final UserWork.Listener listener;
  private final ScheduledExecutorService timer;
  private final Executor senders;
  private final Duration silence;
  private final SignsOfLife life = new SignsOfLife(this::ping, this::giveUpFrozen);
  private final WorkerLane lane;
  private final ArrayDeque<UserWork.Order> unfinished = new ArrayDeque<>(); // guarded by this
  private Future<?> deadline; // guarded by this
  private RelayedInput reading; // the last that was wanted; null when none was
  private IOException broken;

  /**
   * How workers are watched.
   *
   * @param timer gives up a worker that is late
   * @param senders runs what may hang while it sends
   * @param silence how long a worker that is waited for may give no sign of life; zero for ever
   */
  record Watch(ScheduledExecutorService timer, Executor senders, Duration silence) {}

  /** The worker process is gone, or of no use any more. */
  static final class LostException extends Exception {
    LostException(IOException cause) {
      super(cause);
    }
  }

  /**
   * @param orders what is to be done; each is taken out when it has ended. The first has begun
   * @param count how many of them, from the first on, the worker has been assigned
   */
  Relay(
      ArrayDeque<UserWork.Order> orders,
      int count,
      UserWork.Listener listener,
      WorkerLane lane,
      Watch watch) {
    this.orders = orders;
    this.listener = listener;
    this.lane = lane;
    timer = watch.timer();
    senders = watch.senders();
    silence = watch.silence();
    orders.stream().limit(count).forEach(unfinished::add);
  }

  /**
   * Returns when all have ended; the lane can be used for further orders then.
   *
   * @throws LostException when the worker has not said how the first that is left ended
   * @throws Failure when the worker cannot be told what the master may do
   * @throws IOException when what it puts out cannot be delivered any more
   */
  void run() throws LostException, Failure, IOException {
    Future<?> watching = silence.isZero() ? null : life.watch(timer, silence);
    life.awaited();
    try {
      List<UserWork.Order> asked = List.copyOf(unfinished);
      ask(asked);
      asked.forEach(each -> each.control().onCancel(() -> cancel(each)));
      watch();
      while (lane.isBusy()) {
        life.awaited();
        lane.read();
      }
    } catch (IOException e) {
      if (broken != null) {
        throw broken;
      }
      throw new LostException(e);
    } finally {
      if (watching != null) {
        watching.cancel(false);
      }
      leave();
      if (reading != null) {
        reading.close();
      }
    }
  }

  private void ping() {
    if (lane.answersPings()) {
      senders.execute(() -> lane.tell(new Message.Ping()));
    }
  }

  private void giveUpFrozen() {
    if (lane.answersPings()) {
      giveUp();
    }
  }

  /** Without terms, which the server has checked. */
  private void ask(List<UserWork.Order> asked) throws Failure, IOException {
    UserWork.Order first = asked.get(0);
    actFor(first.master());
    for (UserWork.Order each : asked) {
      Message.Run run = each.request();
      boolean running = each == first; // its deadline is counting down already
      lane.ask(
          new Message.Run(
              run.requestId(),
              run.user(),
              run.command(),
              run.arguments(),
              run.nowMillis(),
              running ? each.control().millisLeft() : run.deadlineMillis(),
              run.context()),
          new Answers(each, running));
    }
    lane.flush();
  }

  private void actFor(Master master) throws Failure, IOException {
    try {
      lane.send(new Message.ActFor(master.name(), ScopeLines.write(master.scope())));
    } catch (ProtocolException e) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "The scope of "
              + master.name()
              + " is longer than a worker process takes; use masks instead of names",
          e);
    }
  }

  /** The worker's messages about one order. */
  private final class Answers implements LaneClient.Answers {
    private final UserWork.Order order;
    private final boolean hasBegun;
    private final RelayedInput input;

    Answers(UserWork.Order order, boolean hasBegun) {
      this.order = order;
      this.input = new RelayedInput(order);
      this.hasBegun = hasBegun;
    }

    @Override
    public void begun() {
      if (!hasBegun) {
        listener.begun(order);
        watch();
      }
    }

    @Override
    public void take(Message message) throws IOException {
      deliver(() -> order.output().pass(message));
    }

    @Override
    public void wanted(int pieces) throws IOException {
      reading = input;
      feed(input, pieces);
    }

    @Override
    public void done(Message.Done done) throws IOException {
      orders.remove();
      order.control().onCancel(null);
      finished();
      input.close();
      order.output().end(done);
      Failure why = done.outcome().isOk() ? null : input.failure();
      deliver(() -> listener.ended(order, why));
    }
  }

  /** The first that has not finished has; called before the next begins. */
  private synchronized void finished() {
    unfinished.remove();
    stopWatching();
  }

  private void cancel(UserWork.Order order) {
    synchronized (this) {
      if (!unfinished.contains(order)) {
        return; // the lane may serve other orders by now
      }
      watch();
    }
    senders.execute(() -> lane.tell(new Message.Cancel(order.request().requestId())));
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

  /** A message to a client that may be gone. */
  @FunctionalInterface
  private interface Sending {
    void run() throws IOException;
  }

  private void deliver(Sending delivery) throws IOException {
    life.notAwaited();
    try {
      delivery.run();
    } catch (IOException e) {
      broken = e;
      throw e;
    } finally {
      life.awaited();
    }
  }

  /**
   * The worker wants more of what the command reads; it takes that whatever else it does. If it
   * cannot be had, the order is stopped, and the failure to read is how it has ended.
   */
  private void feed(RelayedInput input, int pieces) throws IOException {
    for (int i = 0; i < pieces && !input.isOver(); i++) {
      life.notAwaited();
      Message next;
      try {
        next = input.next();
      } finally {
        life.awaited();
      }
      lane.send(next);
      if (input.failure() != null) {
        giveUpAfter(0);
      }
    }
    lane.flush();
  }
}
