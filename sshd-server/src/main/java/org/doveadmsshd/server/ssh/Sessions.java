package org.doveadmsshd.server.ssh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.sshd.server.session.ServerSession;
import org.doveadmsshd.auth.Login;
import org.doveadmsshd.auth.Master;
import org.doveadmsshd.auth.Masters;
import org.doveadmsshd.auth.Scope;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.Brain;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.Running;
import org.doveadmsshd.brain.Server;
import org.doveadmsshd.command.Access;
import org.doveadmsshd.command.ServerContext;
import org.doveadmsshd.keys.Grant;
import org.doveadmsshd.protocol.MessageSink;
import org.doveadmsshd.server.local.LocalServer;
import org.doveadmsshd.worker.LanePeer;
import org.doveadmsshd.worker.LaneSession;
import org.doveadmsshd.worker.Worker;
import org.doveadmsshd.worker.Workers;
import org.doveadmsshd.worker.audit.Audit;
import org.doveadmsshd.worker.audit.AuditEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is going on: runs of the server's own brain, and lanes of others. Safe for several threads.
 */
public final class Sessions implements ServerContext.Activity {
  private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
  private static final int MAX_RUNS = 64;

  /** How long runs that were stopped may take to say so. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private final Setting setting;
  private final Masters masters;
  private final Workers workers;
  private final Audit audit;
  private final MemoryBudget.Share memory;
  private final Brain brain;
  private final Map<Long, Active> active = new ConcurrentHashMap<>();
  private final Map<Long, Execution> executions = new ConcurrentHashMap<>();
  private final AtomicLong lastId = new AtomicLong();
  private volatile Control control;
  private volatile boolean stopping;

  /** Something that is going on, and how it is ended. */
  private record Active(Supplier<Entry> entry, Runnable end) {}

  /**
   * What holds for all runs and lanes.
   *
   * @param executor runs what may block
   * @param clock says what relative dates count back from
   * @param lanes how many users a run works on at a time
   * @param software name and version
   */
  public record Setting(Executor executor, Clock clock, int lanes, String software) {}

  /**
   * @param memory draws what waits for clients
   */
  public Sessions(
      Setting setting, Masters masters, Workers workers, Audit audit, MemoryBudget.Share memory) {
    this.setting = setting;
    this.masters = masters;
    this.workers = workers;
    this.audit = audit;
    this.memory = memory;
    this.brain = new Brain(setting.executor(), setting.clock());
  }

  /** What the server as a whole can be told. */
  public interface Control {
    /** The settings in force, a line each. */
    List<String> settings();

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
  public void reload() throws Failure {
    control.reload();
  }

  @Override
  public void stop() {
    control.requestStop();
  }

  @Override
  public List<Entry> kick(Predicate<Entry> which) {
    List<Entry> kicked = new ArrayList<>();
    active.forEach(
        (id, each) -> {
          Entry entry = each.entry().get();
          if (which.test(entry)) {
            each.end().run();
            kicked.add(entry);
          }
        });
    return kicked;
  }

  Executor executor() {
    return setting.executor();
  }

  @Override
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    active.entrySet().stream()
        .sorted(Comparator.comparingLong(Map.Entry::getKey))
        .forEach(entry -> entries.add(entry.getValue().entry().get()));
    return entries;
  }

  /** Begins no new runs any more, and waits for those under way to end; then stops them. */
  public void drain(Duration patience) {
    stopping = true;
    try {
      if (!awaitEnd(patience)) {
        executions.values().forEach(Execution::cancel);
        awaitEnd(LAST_WORDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until every client has been told how its command ended. */
  private boolean awaitEnd(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    synchronized (executions) {
      for (long left; !executions.isEmpty(); ) {
        left = end - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        executions.wait(left / 1_000_000 + 1);
      }
    }
    return true;
  }

  /** A command line that has been taken in. */
  Execution begin(ServerSession session, List<String> words) {
    return new Execution(session, words);
  }

  static String address(ServerSession session) {
    return session.getRemoteAddress() instanceof java.net.InetSocketAddress
        ? ((java.net.InetSocketAddress) session.getRemoteAddress()).getAddress().getHostAddress()
        : "";
  }

  /** The master who has logged in; gone if the configuration no longer knows him. */
  private Optional<Master> master(ServerSession session) {
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
  LaneSession openLane(ServerSession session, MessageSink out, Runnable close, long id) {
    LanePeer peer = LanePeer.authenticated(() -> master(session));
    return openLane(peer, session.getUsername(), address(session), out, close, id);
  }

  /**
   * Opens a lane.
   *
   * @param who is at the other end, as long as he has not said so himself
   * @param close ends the connection; may be called more than once
   * @param id from {@link #nextId}
   */
  public LaneSession openLane(
      LanePeer peer, String who, String address, MessageSink out, Runnable close, long id) {
    LaneSession.Transport transport =
        new LaneSession.Transport(out, close, memory.share(memory.most()));
    LaneSession lane =
        new LaneSession(workers, masters, peer, setting.executor(), transport, setting.software());
    long begun = System.nanoTime();
    active.put(
        id,
        new Active(
            () ->
                new Entry(
                    Long.toString(id),
                    "lane",
                    lane.master().orElse(who),
                    address,
                    (System.nanoTime() - begun) / 1_000_000_000L,
                    lane.done(),
                    lane.failed(),
                    lane.doing()),
            () -> {
              lane.closed();
              close.run();
            }));
    return lane;
  }

  /** A number for the next run or lane. */
  public long nextId() {
    return lastId.incrementAndGet();
  }

  /** A lane is over. */
  public void closeLane(long id) {
    active.remove(id);
  }

  /** One command line from its beginning to its end. */
  final class Execution {
    private final ServerSession session;
    private final List<String> words;
    private final long id = nextId();
    private final long begun = System.nanoTime();
    private volatile Running run;
    private volatile boolean cancelled;

    Execution(ServerSession session, List<String> words) {
      this.session = session;
      this.words = words;
    }

    /** Carries it out; returns the exit code. */
    int run(Console console) throws IOException {
      Optional<Master> master = master(session);
      if (stopping || master.isEmpty() || executions.size() >= MAX_RUNS) {
        return refuse(console, master.isEmpty());
      }
      executions.put(id, this);
      active.put(id, new Active(this::entry, this::cancel));
      int code = -1;
      try (Workers.Use use = workers.use()) {
        Brain.Resources resources = resources(use.worker(), master.get());
        code = brain.run(words.subList(1, words.size()), console, resources, this::started);
        return code;
      } finally {
        active.remove(id);
        note(master.get(), code);
        LOG.info(
            "{} from {}: {} (exit {}, {} ms)",
            session.getUsername(),
            address(session),
            Printable.line(String.join(" ", words), 500),
            code,
            (System.nanoTime() - begun) / 1_000_000);
      }
    }

    private int refuse(Console console, boolean unknown) throws IOException {
      String why =
          unknown
              ? "You are not a master user of this server any more"
              : stopping
                  ? "The server is stopping"
                  : "Too many commands are running; try again later";
      console.error().write(("doveadm: Error: " + why + "\n").getBytes(StandardCharsets.UTF_8));
      return (unknown ? Outcome.NO_PERMISSION : Outcome.TEMPORARY_FAILURE).exitCode();
    }

    /** Accounts for the command before its end is told. */
    private void note(Master master, int code) {
      long micros = (System.nanoTime() - begun) / 1000;
      try {
        audit.note(AuditEvent.command(master, words.subList(1, words.size()), code, micros));
      } catch (Failure e) {
        LOG.error("A command could not be accounted for: {}", e.getMessage());
      }
    }

    private Brain.Resources resources(Worker worker, Master master) {
      return new Brain.Resources() {
        @Override
        public List<Server> servers() throws Failure {
          return List.of(new LocalServer(worker, master, setting.lanes(), setting.executor()));
        }

        @Override
        public void checkHere(String command) throws Failure {
          audit.check();
          master.at(setting.clock().instant()).scope().checkCommand(command);
        }

        @Override
        public boolean mayReadFiles() {
          return false;
        }

        @Override
        public MemoryBudget.Share memory() {
          return memory;
        }
      };
    }

    private void started(Running started) {
      run = started;
      if (cancelled) {
        started.cancel();
      }
    }

    void cancel() {
      cancelled = true;
      Running running = run;
      if (running != null) {
        running.cancel();
      }
    }

    /** The client has been told, or is gone. */
    void closed() {
      executions.remove(id);
      synchronized (executions) {
        executions.notifyAll();
      }
    }

    private Entry entry() {
      Running running = run;
      return new Entry(
          Long.toString(id),
          "run",
          session.getUsername(),
          address(session),
          (System.nanoTime() - begun) / 1_000_000_000L,
          running == null ? 0 : running.done(),
          running == null ? 0 : running.failed(),
          String.join(" ", words.subList(1, words.size())));
    }
  }
}
