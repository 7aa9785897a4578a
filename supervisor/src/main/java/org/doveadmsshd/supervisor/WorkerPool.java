package org.doveadmsshd.supervisor;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.doveadmsshd.accounts.Confine;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.FaultLog;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.supervision.Identity;
import org.doveadmsshd.supervision.SupervisorRequest;
import org.doveadmsshd.supervision.WorkerSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker processes of a service: some started ahead of need, some busy, some that wait for a
 * further user of the identity that they have taken. Safe for several threads.
 */
final class WorkerPool {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);
  private static final FaultLog FAULTS =
      (doing, thrown) -> LOG.error("{} failed by a fault of the program", doing, thrown);
  private static final Duration START_PATIENCE = Duration.ofSeconds(60);
  private static final long FIRST_PAUSE = Duration.ofSeconds(1).toNanos();
  private static final long LONGEST_PAUSE = Duration.ofSeconds(60).toNanos();
  private static final int TICK_MILLIS = 1000;

  /**
   * How long to wait for a process of the same identity that is busy. The work for most users takes
   * less time than the start of a JVM. A new process might also take the place of one that another
   * user needs in a moment.
   */
  private static final long SHARING_PATIENCE = Duration.ofSeconds(1).toNanos();

  /** A JVM that starts keeps a processor busy: more of them at once would all take longer. */
  private static final int AT_ONCE = Runtime.getRuntime().availableProcessors();

  private final Starter program;
  private final Path sockets;

  // guarded by this
  private final List<WorkerChild> children = new ArrayList<>();
  private final Set<Identity> coming =
      new HashSet<>(); // for which a connection waits for a process
  private Policy policy;
  private long lastNumber;
  private int waiting;
  private long pause;
  private long notBefore = System.nanoTime();
  private String trouble = "";
  private boolean saidUnconfined;
  private boolean stopped;

  /** How a worker process is started, which listens at a path. */
  @FunctionalInterface
  interface Starter {
    Process start(Settings.ProcessSettings settings, Path socket) throws IOException;
  }

  /** What the configuration says of workers. */
  record Policy(Settings.ProcessSettings processes, WorkerSettings worker) {}

  /**
   * @param sockets where workers listen, with a number added; only they and the server can get
   *     there, and no other pool has the same
   */
  WorkerPool(Starter program, Path sockets, Policy policy) {
    this.program = program;
    this.sockets = sockets;
    this.policy = policy;
  }

  /** Whether that user of the system may ask for its processes: root, or whom the settings name. */
  synchronized boolean serves(String peer) {
    return peer.equals(policy.processes().user()) || peer.equals("root");
  }

  /** Starts what is to be there ahead of need, and keeps house from now on. */
  void start() {
    Thread thread = new Thread(this::keepHouse, "workers");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Takes a process for users of that identity, as many of them as it may serve; the caller gives
   * it back.
   *
   * @param end when to give up, in the time of {@link System#nanoTime}
   * @throws Failure when there is none until then
   */
  synchronized WorkerChild take(Identity identity, int users, long end)
      throws Failure, InterruptedException {
    awaitShared(identity, end);
    waiting++;
    boolean first = coming.add(identity);
    try {
      while (true) {
        Optional<WorkerChild> free = free(identity);
        if (free.isPresent()) {
          WorkerChild child = free.get();
          become(child, WorkerChild.State.BUSY);
          child.identity = Optional.of(identity);
          child.users = Math.min(users, mayServe(child));
          return child;
        }
        startWhatIsNeeded();
        makeRoom();
        check(end);
        wait(Math.max(1, Math.min(TICK_MILLIS, (end - System.nanoTime()) / 1_000_000)));
      }
    } finally {
      waiting--;
      if (first) {
        coming.remove(identity);
        notifyAll();
      }
      startWhatIsNeeded();
    }
  }

  /** Waits, for a while, as long as all that has the identity, or is about to, is busy. */
  private void awaitShared(Identity identity, long end) throws Failure, InterruptedException {
    long since = System.nanoTime();
    while (policy.processes().serviceCount() == 0 && !has(WorkerChild.State.IDLE, identity)) {
      check(end);
      if (coming.contains(identity)) {
        since = System.nanoTime();
      } else if (!has(WorkerChild.State.BUSY, identity)
          || System.nanoTime() - since > SHARING_PATIENCE) {
        return;
      }
      wait(TICK_MILLIS);
    }
  }

  private boolean has(WorkerChild.State state, Identity identity) {
    return first(child -> child.is(state, identity)).isPresent();
  }

  private Optional<WorkerChild> free(Identity identity) {
    Optional<WorkerChild> same = first(child -> child.is(WorkerChild.State.IDLE, identity));
    return same.isPresent() ? same : first(child -> child.state == WorkerChild.State.SPARE);
  }

  private void check(long end) throws Failure {
    if (stopped) {
      throw Failure.temporary("The supervisor is stopping", null);
    }
    if (!trouble.isEmpty() && children.isEmpty()) {
      throw Failure.temporary(
          "No worker process can be started: " + trouble + " (the supervisor's log says more)",
          null);
    }
    if (System.nanoTime() - end >= 0) {
      throw new Failure(
          Outcome.TEMPORARY_FAILURE,
          "No worker process was free in time; all %d of process_limit are busy"
              .formatted(policy.processes().limit()));
    }
  }

  /** Another identity's idle process has to go when all places are taken. */
  private void makeRoom() {
    boolean full = children.size() >= policy.processes().limit();
    boolean soon =
        first(child -> child.state == WorkerChild.State.ENDING).isPresent()
            || first(child -> child.state == WorkerChild.State.STARTING).isPresent();
    if (full && !soon) {
      children.stream()
          .filter(child -> child.state == WorkerChild.State.IDLE)
          .min(Comparator.comparingLong(child -> child.since - System.nanoTime()))
          .ifPresent(this::end);
    }
  }

  private Optional<WorkerChild> first(Predicate<WorkerChild> which) {
    return children.stream().filter(which).findFirst();
  }

  private long count(WorkerChild.State state) {
    return children.stream().filter(child -> child.state == state).count();
  }

  private void become(WorkerChild child, WorkerChild.State state) {
    child.state = state;
    child.since = System.nanoTime();
  }

  private void end(WorkerChild child) {
    become(child, WorkerChild.State.ENDING);
    child.end();
  }

  /** Gives a process back whose users have been served. */
  synchronized void release(WorkerChild child) {
    if (child.state != WorkerChild.State.BUSY) {
      return; // it has ended in the meantime
    }
    boolean last = stopped || isLast(child);
    child.served += child.users;
    if (last) {
      end(child);
    } else {
      become(child, WorkerChild.State.IDLE);
      notifyAll();
    }
  }

  /** Whether it ends after the users that it has, as far as is known now. */
  synchronized boolean isLast(WorkerChild child) {
    return child.outdated || child.users >= mayServe(child);
  }

  /** The most users that one process may have at once, at least 1. */
  synchronized int together() {
    int limit = policy.processes().serviceCount();
    return limit == 0 ? SupervisorRequest.MAX_USERS : limit;
  }

  /** How many users it may serve, with those that it has. */
  private int mayServe(WorkerChild child) {
    int limit = policy.processes().serviceCount();
    return limit == 0 ? Integer.MAX_VALUE : Math.max(1, limit - child.served);
  }

  /** Ends a process that has not done as it should; returns how it has ended, for people. */
  String kill(WorkerChild child) {
    synchronized (this) {
      if (child.state == WorkerChild.State.BUSY) {
        become(child, WorkerChild.State.ENDING);
      }
    }
    if (child.endsByItself()) {
      return child.fate();
    }
    child.kill();
    String fate = child.fate();
    return fate.endsWith(" 9") ? "did not answer and was killed" : fate;
  }

  private synchronized void startWhatIsNeeded() {
    if (stopped || System.nanoTime() - notBefore < 0) {
      return;
    }
    long starting = count(WorkerChild.State.STARTING);
    long wanted = policy.processes().minAvail() + waiting - count(WorkerChild.State.SPARE);
    long room = starting + policy.processes().limit() - children.size();
    for (long i = Math.min(Math.min(wanted, room), AT_ONCE) - starting; i > 0; i--) {
      if (!startOne()) {
        return;
      }
    }
  }

  private boolean startOne() {
    Path socket = sockets.resolveSibling(sockets.getFileName() + "." + ++lastNumber);
    try {
      WorkerChild child = new WorkerChild(socket, program.start(policy.processes(), socket));
      children.add(child);
      child
          .process()
          .onExit()
          .thenRun(FAULTS.guard("Noting the end of a worker process", () -> ended(child)));
      WorkerSettings settings = policy.worker();
      Thread thread = new Thread(() -> greet(child, settings), "worker-" + child.pid());
      thread.setDaemon(true);
      boolean waits = false;
      try {
        thread.start();
        waits = true;
      } finally {
        if (!waits) { // nobody would note its end
          become(child, WorkerChild.State.ENDING);
          child.kill();
        }
      }
      return true;
    } catch (IOException e) {
      backOff(Reason.withFile(e));
      return false;
    }
  }

  /** Waits for a process that has been started, on a thread of its own. */
  private void greet(WorkerChild child, WorkerSettings settings) {
    try {
      int landlock = child.greet(settings);
      ready(child, settings.confine() != Confine.NO && landlock == 0);
      if (!child.process().isAlive()) {
        ended(child); // it ended while it was not yet known to be ready
      }
    } catch (IOException | RuntimeException | Error e) {
      child.kill();
      notReady(child, child.fate());
    }
  }

  private synchronized void ready(WorkerChild child, boolean lacksLandlock) {
    if (child.state != WorkerChild.State.STARTING) {
      return; // it is not wanted any more
    }
    become(child, WorkerChild.State.SPARE);
    pause = 0;
    trouble = "";
    if (lacksLandlock && !saidUnconfined) {
      saidUnconfined = true;
      LOG.warn(
          "This kernel has no Landlock: workers can read whatever their user may read (confine"
              + " = no says that this is meant)");
    }
    startWhatIsNeeded();
    notifyAll();
  }

  /** Another one is started after a pause only: it would most likely end like this one. */
  private synchronized void notReady(WorkerChild child, String fate) {
    boolean meant = child.state == WorkerChild.State.ENDING;
    become(child, WorkerChild.State.ENDING);
    if (!child.process().isAlive()) {
      children.remove(child);
    }
    if (meant) {
      startWhatIsNeeded();
      notifyAll();
    } else {
      backOff("a process that was started " + fate);
    }
  }

  private synchronized void backOff(String why) {
    pause = Math.min(LONGEST_PAUSE, Math.max(FIRST_PAUSE, 2 * pause));
    notBefore = System.nanoTime() + pause;
    trouble = why;
    LOG.error(
        "A worker process cannot be started, next try in {} s: {}", pause / 1_000_000_000, why);
    notifyAll();
  }

  private synchronized void ended(WorkerChild child) {
    if (child.state == WorkerChild.State.STARTING || !children.remove(child)) {
      return; // the thread that greets it reports that; or it has been reported
    }
    boolean meant = child.state == WorkerChild.State.ENDING || stopped;
    if (!meant) {
      LOG.warn("Worker process {} {}", child.pid(), child.fate());
    }
    child.state = meant ? WorkerChild.State.ENDING : WorkerChild.State.GONE;
    startWhatIsNeeded();
    notifyAll();
  }

  private void keepHouse() {
    while (true) {
      synchronized (this) {
        if (stopped) {
          return;
        }
        FAULTS.guard("Starting worker processes", this::startWhatIsNeeded).run();
        FAULTS.guard("Ending worker processes", this::endOverdue).run();
        try {
          wait(TICK_MILLIS);
        } catch (InterruptedException e) {
          return;
        }
      }
    }
  }

  private void endOverdue() {
    long now = System.nanoTime();
    long idle = policy.processes().idleKill().toNanos();
    for (WorkerChild child : List.copyOf(children)) {
      long age = now - child.since;
      if (child.state == WorkerChild.State.IDLE && age > idle) {
        end(child);
      } else if (child.state == WorkerChild.State.STARTING && age > START_PATIENCE.toNanos()) {
        child.kill();
      }
    }
  }

  /** Goes by another configuration from now on; what is not busy is started anew. */
  synchronized void use(Policy next) {
    policy = next;
    children.stream()
        .filter(child -> child.state != WorkerChild.State.BUSY)
        .toList()
        .forEach(this::end);
    children.forEach(child -> child.outdated = true);
    startWhatIsNeeded();
  }

  /** Starts no more, and ends all processes that are not busy. */
  synchronized void beginStop() {
    stopped = true;
    notifyAll();
    children.stream()
        .filter(child -> child.state != WorkerChild.State.BUSY)
        .toList()
        .forEach(this::end);
  }

  /**
   * Waits for those that are busy, for a while, and ends them.
   *
   * @param end of the wait, in the time of {@link System#nanoTime}
   */
  synchronized void stop(long end) throws InterruptedException {
    for (long left; !children.isEmpty() && (left = end - System.nanoTime()) > 0; ) {
      wait(left / 1_000_000 + 1);
    }
    List.copyOf(children).forEach(WorkerChild::kill);
  }
}
