package org.doveadmsshd.server.ssh;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.sshd.server.session.ServerSession;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Masters;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.Rate;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.About;
import org.doveadmsshd.brain.Brain;
import org.doveadmsshd.brain.journal.JournalDirectory;
import org.doveadmsshd.command.Access;
import org.doveadmsshd.command.PartStatus;
import org.doveadmsshd.command.ServerContext;
import org.doveadmsshd.console.Statements;
import org.doveadmsshd.keys.Grant;
import org.doveadmsshd.worker.LanePeer;
import org.doveadmsshd.worker.LaneSession;
import org.doveadmsshd.worker.Workers;
import org.doveadmsshd.worker.audit.Audit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The runs of the server's own brain, and the lanes of other brains. Safe for several threads. */
public final class Sessions implements ServerContext.Activity {
  private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

  /** Runs that work at a time; those that wait for their clients do not count. */
  private static final int WORKING = 64;

  /** Commands about the server itself that are under way at a time; no others keep them out. */
  private static final int CONTROLLING = 64;

  /** How long stopped runs and lanes may take to end. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  /** A lane that has been idle for this long is not in the middle of a run. */
  private static final Duration IDLE = Duration.ofSeconds(1);

  private static final long TICK_MILLIS = 20;

  /** What clients are told by a server that ends. */
  private static final String STOPPING = "The server is stopping";

  private static final String KICKED = "Ended by an administrator (kick)";

  /** Most characters of a command that who shows. */
  static final int MAX_SHOWN = 500;

  /** Memory of a lane: an incomplete frame, its window, a message on its way out. */
  private static final long LANE_MEMORY = 384 * 1024;

  /** Memory for requests that wait on a lane. */
  private static final long LANE_QUEUE = 1024 * 1024;

  private final SessionSettings setting;
  private final Masters masters;
  private final Workers workers;
  private final Audit audit;
  private final Brain brain;
  private final WorkingSlots slots = new WorkingSlots(WORKING);
  private final Semaphore controlling = new Semaphore(CONTROLLING);
  private final Map<Long, Active> active = new ConcurrentHashMap<>();
  private final Map<Long, Execution> executions = new ConcurrentHashMap<>();
  private final Map<Long, OpenSession> open = new ConcurrentHashMap<>();
  private final Map<Long, Lane> lanes = new ConcurrentHashMap<>();
  private final AtomicLong lastId = new AtomicLong();
  private volatile Control control;
  private volatile boolean stopping;

  /** Something that is going on, and how it is ended. */
  private record Active(Supplier<ActiveSession> session, Runnable end) {}

  /** A lane that is open, and what it holds. */
  private record Lane(LaneSession session, MemoryBudget.Share memory) {}

  /**
   * Settings of all runs and lanes.
   *
   * @param executor runs what may block
   * @param clock says what relative dates count back from
   * @param lanes how many users a run works on at a time
   * @param software name and version
   * @param clients what clients are waited for, and what is kept of them
   * @param rows draws the rows that runs keep back for their order
   */
  public record SessionSettings(
      Executor executor,
      Clock clock,
      int lanes,
      String software,
      ClientRules clients,
      MemoryBudget.Share rows) {}

  /**
   * What clients are waited for, and what is kept of them.
   *
   * @param inputTimeout how long a command waits for its client's input; zero for any time
   * @param shellIdleTimeout how long a shell waits for a key; zero for any time
   * @param shellHistory directory of the lines that masters have typed, if they are kept
   * @param scriptsAsk whether commands of scripts that take mails of several users away must say
   *     {@code --yes}
   * @param journals of runs, if they are written down
   */
  public record ClientRules(
      Duration inputTimeout,
      Duration shellIdleTimeout,
      Optional<Path> shellHistory,
      boolean scriptsAsk,
      Optional<JournalDirectory> journals) {}

  public Sessions(SessionSettings setting, Masters masters, Workers workers, Audit audit) {
    this.setting = setting;
    this.masters = masters;
    this.workers = workers;
    this.audit = audit;
    this.brain =
        new Brain(
            setting.executor(),
            setting.clock(),
            new About("doveadm-sshd", List.of(Statements.section())));
  }

  /** Commands about the server as a whole. */
  public interface Control {
    /** The settings in force, a line each. */
    List<String> settings();

    /** How each part of the server is. */
    List<PartStatus> status();

    /** Reads the configuration anew. */
    void reload() throws Failure;

    /** Begins to stop; returns at once. */
    void requestStop();
  }

  /** Names what carries out commands about the server as a whole. */
  public void controlledBy(Control server) {
    control = server;
  }

  @Override
  public List<String> settings() {
    return control.settings();
  }

  @Override
  public List<PartStatus> status() {
    return control.status();
  }

  @Override
  public void reload() throws Failure {
    control.reload();
  }

  @Override
  public void stop() {
    control.requestStop();
  }

  @Override
  public List<ActiveSession> kick(Predicate<ActiveSession> which) {
    List<ActiveSession> kicked = new ArrayList<>();
    active.forEach(
        (id, each) -> {
          ActiveSession session = each.session().get();
          if (which.test(session)) {
            each.end().run();
            kicked.add(session);
          }
        });
    return kicked;
  }

  @Override
  public List<ActiveSession> slow(Predicate<ActiveSession> which, Rate rate) {
    List<ActiveSession> slowed = new ArrayList<>();
    for (Execution each : executions.values()) {
      ActiveSession session = each.session();
      if (which.test(session)) {
        each.slow(rate);
        slowed.add(session);
      }
    }
    return slowed;
  }

  Executor executor() {
    return setting.executor();
  }

  @Override
  public List<ActiveSession> activeSessions() {
    List<ActiveSession> sessions = new ArrayList<>();
    active.entrySet().stream()
        .sorted(Comparator.comparingLong(Map.Entry::getKey))
        .forEach(entry -> sessions.add(entry.getValue().session().get()));
    return sessions;
  }

  /**
   * Begins no new runs and lanes any more, and waits for those under way to end; then stops them.
   */
  public void drain(Duration patience) {
    stopping = true;
    open.values().forEach(each -> each.end(STOPPING, false));
    long end = System.nanoTime() + patience.toNanos();
    try {
      if (!awaitEnd(end) || !awaitIdle(end, IDLE)) {
        open.values().forEach(each -> each.end(STOPPING, true));
        executions.values().forEach(each -> each.end(STOPPING));
        lanes.values().forEach(each -> each.session().cancel());
        long last = System.nanoTime() + LAST_WORDS.toNanos();
        awaitEnd(last);
        awaitIdle(last, Duration.ZERO);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until every client has been told how its command ended. */
  private boolean awaitEnd(long end) throws InterruptedException {
    synchronized (executions) {
      for (long left; !executions.isEmpty() || !open.isEmpty(); ) {
        left = end - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        executions.wait(left / 1_000_000 + 1);
      }
    }
    return true;
  }

  /** Waits until no lane has had anything to do for a while: brains send users one by one. */
  private boolean awaitIdle(long end, Duration idle) throws InterruptedException {
    long since = System.nanoTime();
    while (!lanes.isEmpty()) {
      long now = System.nanoTime();
      if (lanes.values().stream().anyMatch(each -> each.session().isBusy())) {
        since = now;
      } else if (now - since >= idle.toNanos()) {
        return true;
      }
      if (now >= end) {
        return false;
      }
      Thread.sleep(TICK_MILLIS);
    }
    return true;
  }

  /**
   * What is open.
   *
   * @param waiting runs among them that wait to begin
   */
  public record Figures(int runs, int lanes, int shells, int waiting) {}

  /** How many there are now. */
  public Figures figures() {
    return new Figures(executions.size(), lanes.size(), open.size(), slots.waiting());
  }

  /** Whether any command is under way, or a lane has anything to do. */
  public boolean isBusy() {
    return !executions.isEmpty()
        || lanes.values().stream().anyMatch(each -> each.session().isBusy());
  }

  /** A command line that has been taken in. */
  Execution begin(Execution.Client client, List<String> words) {
    return new Execution(this, client, words);
  }

  /** Notes that a command has begun; false when the server is stopping. */
  boolean begun(Execution execution) {
    executions.put(execution.id(), execution);
    if (stopping) { // looked at after it can be seen: else drain() could miss it
      told(execution);
      return false;
    }
    active.put(execution.id(), new Active(execution::session, () -> execution.end(KICKED)));
    return true;
  }

  /** A command has ended; its client has not been told yet. */
  void ended(Execution execution) {
    active.remove(execution.id());
  }

  /** The client of a command has been told, or is gone. */
  void told(Execution execution) {
    executions.remove(execution.id());
    synchronized (executions) {
      executions.notifyAll();
    }
  }

  /** Notes that a shell or script has begun; false when the server is stopping. */
  boolean opened(OpenSession shell) {
    open.put(shell.id(), shell);
    if (stopping) { // looked at after it can be seen: else drain() could miss it
      return false;
    }
    active.put(shell.id(), new Active(shell::session, () -> shell.end(KICKED, true)));
    return true;
  }

  /** A shell or script is over. */
  void closed(OpenSession shell) {
    active.remove(shell.id());
    open.remove(shell.id());
    synchronized (executions) {
      executions.notifyAll();
    }
  }

  WorkingSlots slots() {
    return slots;
  }

  Semaphore controlling() {
    return controlling;
  }

  SessionSettings setting() {
    return setting;
  }

  Workers workers() {
    return workers;
  }

  Brain brain() {
    return brain;
  }

  Audit audit() {
    return audit;
  }

  static String address(ServerSession session) {
    return session.getRemoteAddress() instanceof java.net.InetSocketAddress
        ? ((java.net.InetSocketAddress) session.getRemoteAddress()).getAddress().getHostAddress()
        : "";
  }

  /** The master who has logged in; gone if the configuration no longer knows him. */
  Optional<Master> master(ServerSession session) {
    Login login = PasswordAuthentication.loginOf(session);
    Optional<Master> configured = masters.find(session.getUsername(), login);
    Optional<Grant> grant = KeyAuthentication.grantOf(session);
    if (grant.isEmpty()) {
      return configured;
    }
    if (!grant.get().standsAlone()) {
      return configured.map(master -> narrowed(master, grant.get()));
    }
    return configured.isPresent()
        ? Optional.empty() // a master's name is his own
        : Optional.of(
            narrowed(new Master(session.getUsername(), Scope.UNLIMITED, login), grant.get()));
  }

  /** The master as far as the key goes that he has logged in with. */
  private static Master narrowed(Master master, Grant grant) {
    List<UserMask> users =
        grant.users().isEmpty()
            ? List.of(UserMask.ALL)
            : grant.users().stream().map(UserMask::new).toList();
    Set<String> commands = new HashSet<>();
    grant.commands().forEach(word -> commands.addAll(Access.commands(word)));
    return new Master(master.name(), master.scope().narrowed(users, commands), master.login());
  }

  /** Opens a lane for a channel. */
  LaneSession openLane(ServerSession session, LaneSession.Transport transport, long id)
      throws Failure {
    LanePeer peer = LanePeer.authenticated(() -> master(session));
    return openLane(peer, session.getUsername(), address(session), transport, id);
  }

  /**
   * Opens a lane.
   *
   * @param peerName the name of the peer, until it has said for which master it acts
   * @param transport with the memory of the peer, of which the lane gets a part
   * @param id from {@link #nextId}
   * @throws Failure when it cannot be had now
   */
  public LaneSession openLane(
      LanePeer peer, String peerName, String address, LaneSession.Transport transport, long id)
      throws Failure {
    if (stopping) {
      throw Failure.temporary(STOPPING, null);
    }
    MemoryBudget.Share memory =
        transport.memory().share(LANE_MEMORY + LANE_QUEUE).named("lane " + id);
    if (!memory.tryTake(LANE_MEMORY)) {
      throw Failure.temporary("The server has no memory for a further lane; try again later", null);
    }
    LaneSession.Transport own =
        new LaneSession.Transport(
            transport.out(), transport.close(), memory, transport.ownReader());
    LaneSession lane =
        new LaneSession(workers, masters, peer, setting.executor(), own, setting.software());
    long begun = System.nanoTime();
    active.put(
        id, new Active(() -> session(id, lane, peerName, address, begun), () -> kick(lane, own)));
    lanes.put(id, new Lane(lane, memory));
    return lane;
  }

  private static ActiveSession session(
      long id, LaneSession lane, String peerName, String address, long begun) {
    return new ActiveSession(
        Long.toString(id),
        "lane",
        lane.master().orElse(peerName),
        address,
        (System.nanoTime() - begun) / 1_000_000_000L,
        lane.done(),
        lane.failed(),
        Printable.line(lane.doing(), MAX_SHOWN),
        OptionalLong.empty());
  }

  /** Tells the peer why, and closes the lane in any case. */
  private void kick(LaneSession lane, LaneSession.Transport transport) {
    lane.fault(KICKED);
    CompletableFuture.delayedExecutor(
            LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS, setting.executor())
        .execute(transport.close());
  }

  /** A number for the next run or lane. */
  public long nextId() {
    return lastId.incrementAndGet();
  }

  /** A lane is over. */
  public void closeLane(long id) {
    active.remove(id);
    Lane lane = lanes.remove(id);
    if (lane != null) {
      lane.memory().close();
    }
  }
}
