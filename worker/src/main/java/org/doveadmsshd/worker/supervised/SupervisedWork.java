package org.doveadmsshd.worker.supervised;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.protocol.ProtocolException;
import org.doveadmsshd.supervision.SupervisorRequest;
import org.doveadmsshd.worker.RequestControl;
import org.doveadmsshd.worker.UserWork;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out commands in worker processes. */
public final class SupervisedWork implements UserWork, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SupervisedWork.class);

  /** How long the supervisor may be away, as while it is started again. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final int PAUSE_MILLIS = 100;

  /**
   * How many users are sent to a worker at once. Sending takes about as long as the work for a few.
   * Users of one identity mostly stand together, and have one process: the more of them a lane
   * takes, the sooner another lane comes to the next process.
   */
  private static final int TOGETHER = SupervisorRequest.MAX_USERS;

  /** Less than what a worker lets wait without reading on, so that telling it never blocks. */
  private static final int MAX_TOLD_BYTES = 64 * 1024;

  private final Path socket;
  private final String service;
  private final SupervisorConnection.Patience limits;
  private final ConcurrentLinkedDeque<SupervisorConnection> idle = new ConcurrentLinkedDeque<>();
  private final IdleLanes lanes = new IdleLanes();
  private final ScheduledThreadPoolExecutor timer;
  private volatile Duration silence = Duration.ZERO;
  private final AtomicInteger working = new AtomicInteger();
  private final LongAdder taken = new LongAdder();
  private final LongAdder lost = new LongAdder();
  private volatile boolean answers = true;
  private final ExecutorService senders =
      Executors.newCachedThreadPool(work -> daemon(work, "worker-cancel"));

  /**
   * @param socket where the supervisor listens; nothing is connected yet
   * @param service the service, as the configuration calls it, whose workers are asked for
   */
  public SupervisedWork(Path socket, String service) {
    this(socket, service, SupervisorConnection.Patience.USUAL);
  }

  SupervisedWork(Path socket, String service, SupervisorConnection.Patience limits) {
    this.socket = socket;
    this.service = service;
    this.limits = limits;
    timer = new ScheduledThreadPoolExecutor(1, work -> daemon(work, "worker-deadline"));
    timer.setRemoveOnCancelPolicy(true);
  }

  /**
   * Gives up workers that are frozen.
   *
   * @param longest how long one that is waited for may give no sign of life; zero for ever
   */
  public void endSilenceAfter(Duration longest) {
    silence = longest;
  }

  /**
   * Numbers of worker processes.
   *
   * @param working that work now
   * @param taken how often the supervisor has given one
   * @param lost how many ended before their work
   * @param answers whether the supervisor answered when it was last asked
   */
  public record Figures(int working, long taken, long lost, boolean answers) {}

  /** How it is now, and has been since the start. */
  public Figures figures() {
    return new Figures(working.get(), taken.sum(), lost.sum(), answers);
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  /** A worker process, and the connection that it was had by. */
  private record Assigned(
      SupervisorConnection supervisor, SupervisorConnection.AssignedWorker worker) {}

  @Override
  public int together() {
    return TOGETHER;
  }

  @Override
  public void run(List<Order> orders, Listener listener) throws IOException {
    ArrayDeque<Order> left = new ArrayDeque<>(orders);
    while (!left.isEmpty()) {
      listener.begun(left.element());
      try {
        left.element().control().check();
        runSome(left, listener);
      } catch (Failure e) {
        listener.ended(left.remove(), e);
      }
    }
  }

  /**
   * Has one worker process carry out as many orders as it takes at once, and removes these.
   *
   * @throws Failure of the first that is left then
   */
  private void runSome(ArrayDeque<Order> left, Listener listener) throws Failure, IOException {
    Order first = left.element();
    checkScope(first);
    Assigned assigned = assign(users(left), first.control());
    boolean finished = false;
    taken.increment();
    working.incrementAndGet();
    try {
      relay(left, listener, assigned.worker());
      finished = true;
    } catch (Relay.LostException e) {
      if (!left.isEmpty()) { // else it has said something behind the last DONE
        throw lost(left.element(), assigned.supervisor(), e);
      }
    } finally {
      working.decrementAndGet();
      if (finished) {
        release(assigned.supervisor());
      } else {
        assigned.supervisor().close(); // the supervisor ends the worker, if it has not yet
      }
    }
  }

  /** Why an order has not ended as it should: it was given up, or its process has ended. */
  private Failure lost(Order order, SupervisorConnection supervisor, Relay.LostException cause) {
    String user = order.request().user();
    lost.increment();
    LOG.info("The worker process for {} was lost: {}", user, Reason.of(cause.getCause()));
    String fate = fate(supervisor);
    try {
      order.control().check();
    } catch (Failure stopped) {
      return stopped;
    }
    return Failure.temporary(
        "The worker process for %s %s; what it had done until then stays done"
            .formatted(user, fate),
        cause);
  }

  private static void checkScope(Order order) throws Failure {
    for (String command : order.commands()) {
      order.master().scope().checkUser(order.request().user(), command);
    }
  }

  /** The users that a worker process is asked for at once; none is out of scope. */
  private static List<String> users(Collection<Order> orders) {
    List<String> users = new ArrayList<>();
    int bytes = 0;
    for (Order order : orders) {
      bytes += order.request().arguments().stream().mapToInt(String::length).sum();
      boolean room = bytes <= MAX_TOLD_BYTES;
      if (!users.isEmpty() && (!room || !isInScope(order))) {
        break;
      }
      users.add(order.request().user());
    }
    return users;
  }

  private static boolean isInScope(Order order) {
    try {
      checkScope(order);
      return true;
    } catch (Failure e) {
      return false; // refused when its turn comes
    }
  }

  private void relay(
      ArrayDeque<Order> orders, Listener listener, SupervisorConnection.AssignedWorker worker)
      throws Relay.LostException, Failure, IOException {
    WorkerLane lane;
    try {
      lane = lanes.take(worker.socket());
    } catch (IOException e) {
      throw new Relay.LostException(e);
    }
    boolean kept = false;
    try {
      new Relay(orders, worker.users(), listener, lane, new Relay.Watch(timer, senders, silence))
          .run();
      if (worker.staysOn()) {
        lanes.keep(worker.socket(), lane);
        kept = true;
      }
    } finally {
      if (!kept) {
        lane.close();
      }
    }
  }

  private static String fate(SupervisorConnection supervisor) {
    try {
      return supervisor.lost();
    } catch (IOException | Failure e) {
      LOG.info("The supervisor does not say how a worker process has ended: {}", Reason.of(e));
      return "was lost, and the supervisor with it";
    }
  }

  private void release(SupervisorConnection supervisor) {
    try {
      supervisor.release();
      idle.push(supervisor);
    } catch (IOException e) {
      supervisor.close(); // it is gone; the work is done all the same
    }
  }

  private SupervisorConnection connect() throws IOException {
    return new SupervisorConnection(socket, timer, limits);
  }

  private Assigned assign(List<String> users, RequestControl control) throws Failure {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      SupervisorConnection connection = idle.poll();
      boolean fresh = connection == null;
      try {
        connection = fresh ? connect() : connection;
        Assigned assigned = assign(connection, users, control);
        answers = true;
        return assigned;
      } catch (ProtocolException e) {
        throw Failure.temporary("The supervisor is of another version than this server", e);
      } catch (IOException e) {
        control.check(); // it may have broken off for that
        if (fresh && System.nanoTime() - end > 0) {
          answers = false;
          throw Failure.temporary(
              "The supervisor, which has worker processes for users, does not answer; is"
                  + " doveadm-supervisor running?",
              e);
        }
        pause(fresh);
      }
    }
  }

  private Assigned assign(
      SupervisorConnection connection, List<String> users, RequestControl control)
      throws IOException, Failure {
    boolean kept = false;
    try {
      control.onCancel(connection::close);
      SupervisorConnection.AssignedWorker worker =
          connection.worker(service, users, control.millisLeft());
      control.onCancel(null);
      kept = true;
      return new Assigned(connection, worker);
    } catch (Failure e) {
      control.onCancel(null);
      idle.push(connection);
      kept = true;
      throw e;
    } finally {
      if (!kept) {
        connection.close();
      }
    }
  }

  private static void pause(boolean fresh) throws Failure {
    try {
      Thread.sleep(fresh ? PAUSE_MILLIS : 0);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.temporary("The server is stopping", e);
    }
  }

  /** Makes the supervisor read its configuration anew. */
  public void reload() throws Failure {
    try (SupervisorConnection connection = connect()) {
      connection.reload();
    } catch (IOException e) {
      throw Failure.temporary("The supervisor does not answer; is doveadm-supervisor running?", e);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    senders.shutdownNow();
    lanes.close();
    for (SupervisorConnection next; (next = idle.poll()) != null; ) {
      next.close();
    }
  }
}
