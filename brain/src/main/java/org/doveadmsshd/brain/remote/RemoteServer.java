package org.doveadmsshd.brain.remote;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Rate;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.Health;
import org.doveadmsshd.brain.Server;
import org.doveadmsshd.brain.ServerState;
import org.doveadmsshd.brain.UserQueue;

/** A server at the other end of a connection, which is opened when it is first needed. */
public final class RemoteServer implements Server {
  /** How long to wait before a load is asked for on another lane. */
  private static final Duration LOAD_AGAIN = Duration.ofSeconds(2);

  private final String name;
  private final Connector connector;
  private final List<UserMask> users;
  private final int maxLanes;
  private final Executor executor;
  private final Tolerance tolerance;
  private volatile Supplier<ServerState> state = () -> ServerState.UP;
  private final CountDownLatch abandoned = new CountDownLatch(1);
  private volatile Rate maxRate = Rate.UNLIMITED;

  private volatile Lanes working;
  private volatile Consumer<String> teller = what -> {};

  private final Set<RemoteLane> lanes = ConcurrentHashMap.newKeySet();

  /**
   * @param name as in the configuration
   * @param users masks of the users that are there
   * @param maxLanes how many there may be
   */
  public RemoteServer(
      String name, Connector connector, List<UserMask> users, int maxLanes, Executor executor) {
    this(name, connector, users, maxLanes, executor, Tolerance.STANDARD);
  }

  /**
   * As above.
   *
   * @param tolerance its silence is also how long a worker may take to greet and to decide about a
   *     login
   */
  public RemoteServer(
      String name,
      Connector connector,
      List<UserMask> users,
      int maxLanes,
      Executor executor,
      Tolerance tolerance) {
    this.tolerance = tolerance;
    this.name = name;
    this.connector = connector;
    this.users = List.copyOf(users);
    this.maxLanes = maxLanes;
    this.executor = executor;
  }

  @Override
  public String name() {
    return name;
  }

  /**
   * From now on this knows whether the server is to be used.
   *
   * @param known asked often, by any thread
   */
  public void setState(Supplier<ServerState> known) {
    state = known;
  }

  /** From now on a run begins so many users there. */
  public void setMaxRate(Rate most) {
    maxRate = most;
  }

  @Override
  public Rate maxRate() {
    return maxRate;
  }

  @Override
  public ServerState state() {
    return state.get();
  }

  @Override
  public boolean mayHave(String user) {
    for (UserMask mask : users) { // no stream: asked for each of a million users
      if (mask.matches(user)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Optional<String> software() throws Failure {
    RemoteLane lane = null;
    try {
      lane = open(0, true);
      return Optional.of(lane.software());
    } catch (IOException e) {
      throw Failure.temporary("Server " + name() + ": cannot open a lane: " + Reason.of(e), e);
    } finally {
      close(lane);
    }
  }

  @Override
  public Health health() throws Failure {
    RemoteLane lane = null;
    try {
      lane = open(0, true);
      lanes.add(lane);
      return lane.questions().health();
    } catch (IOException e) {
      throw new Failure(
          Outcome.UNREACHABLE, "Server " + name() + " does not answer: " + Reason.of(e), e);
    } finally {
      close(lane);
    }
  }

  /** Asks on a lane of its own, so that a long request delays no answer. */
  @Override
  public void watchLoad(Function<Map<String, Long>, Duration> taker) throws Failure {
    for (Duration pause = LOAD_AGAIN; !pause.isZero() && !isAbandoned(); ) {
      RemoteLane lane = null;
      try {
        lane = open(0, true);
        lanes.add(lane);
        pause = lane.questions().watchLoad(taker);
      } catch (IOException e) {
        pause = waits(LOAD_AGAIN); // the lanes that work say what is wrong
      } catch (Failure e) {
        if (e.outcome() == Outcome.CONFIGURATION_ERROR) {
          throw e;
        }
        pause = waits(LOAD_AGAIN);
      } finally {
        close(lane);
      }
    }
  }

  /** Waits, and says for how long; zero when it was interrupted. */
  private static Duration waits(Duration pause) {
    try {
      Thread.sleep(pause.toMillis());
      return pause;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Duration.ZERO;
    }
  }

  /**
   * Opens a lane.
   *
   * @param number of the lane among those that work, from 0
   * @param greeted whether to wait for the worker's hello, too
   */
  private RemoteLane open(int number, boolean greeted) throws Failure, IOException {
    LaneTransport transport = connector.open();
    AtomicBoolean decided = new AtomicBoolean();
    boolean done = false;
    CompletableFuture.delayedExecutor(
            tolerance.silence().toMillis(), TimeUnit.MILLISECONDS, executor)
        .execute(() -> closeUnless(decided, transport));
    try {
      RemoteLane lane =
          new RemoteLane(transport, name, number, connector.authentication(), executor);
      if (greeted) {
        lane.awaitHello();
      }
      done = decided.compareAndSet(false, true);
      if (!done) {
        throw new IOException(LaneTransport.SILENT);
      }
      lanes.add(lane);
      if (isAbandoned()) {
        lane.close();
      }
      return lane;
    } catch (IOException e) {
      throw decided.get() ? new IOException(LaneTransport.SILENT, e) : e; // closed for its silence
    } finally {
      if (!done) {
        transport.close();
      }
    }
  }

  private static void closeUnless(AtomicBoolean decided, LaneTransport transport) {
    if (decided.compareAndSet(false, true)) {
      transport.close();
    }
  }

  @Override
  public void listUsers(UserMask mask, Consumer<String> taker) throws Failure {
    new UserList(name, mask, new WayToList(), tolerance).forEach(user -> take(user, taker));
  }

  private final class WayToList implements UserList.Way {
    @Override
    public RemoteLane open() throws Failure, IOException {
      return RemoteServer.this.open(0, false);
    }

    @Override
    public void close(RemoteLane lane) {
      RemoteServer.this.close(lane);
    }

    @Override
    public void pause(long nanos) throws Failure {
      ServerState now = state.get();
      if (!now.isConnectedTo()) {
        String text = now.explanation(name) + "; its list of users is incomplete";
        throw new Failure(Outcome.UNREACHABLE, text);
      }
      try {
        if (abandoned.await(nanos, TimeUnit.NANOSECONDS)) {
          throw new Failure(Outcome.CANCELLED, "Server " + name + ": stopped");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Failure(Outcome.CANCELLED, "Server " + name + ": stopped", e);
      }
    }
  }

  private void take(String user, Consumer<String> taker) {
    if (mayHave(user)) {
      taker.accept(user);
    }
  }

  private void close(RemoteLane lane) {
    if (lane != null) {
      lane.close();
      lanes.remove(lane);
    }
  }

  @Override
  public void tellTo(Consumer<String> listener) {
    teller = listener;
  }

  @Override
  public void work(UserQueue queue, int limit) throws Failure {
    int most = limit > 0 ? Math.min(limit, maxLanes) : maxLanes;
    working = new Lanes(name, queue, most, new Opener(), executor, tolerance, teller);
    if (!isAbandoned()) {
      working.work();
    }
  }

  private final class Opener implements Lanes.Opener {
    @Override
    public RemoteLane open(int number) throws Failure, IOException {
      return RemoteServer.this.open(number, false);
    }

    @Override
    public void close(RemoteLane lane) {
      RemoteServer.this.close(lane);
    }
  }

  @Override
  public void cancel() {
    lanes.forEach(RemoteLane::cancel);
  }

  private boolean isAbandoned() {
    return abandoned.getCount() == 0;
  }

  @Override
  public void abandon() {
    abandoned.countDown();
    if (working != null) {
      working.end();
    }
    lanes.forEach(RemoteLane::close);
  }
}
