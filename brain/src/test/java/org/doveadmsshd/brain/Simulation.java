package org.doveadmsshd.brain;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.journal.JournalDirectory;
import org.doveadmsshd.brain.journal.JournalRules;
import org.doveadmsshd.brain.journal.Journals;
import org.doveadmsshd.brain.journal.UserEnd;
import org.doveadmsshd.brain.remote.RemoteServer;
import org.doveadmsshd.brain.remote.Tolerance;

/**
 * One run of the real brain on simulated servers, made of a seed: how many servers, lanes and
 * users, which command, which faults, whether it is stopped.
 */
final class Simulation implements AutoCloseable {
  private static final int MOST_SERVERS = 4;
  private static final int MOST_LANES = 3;
  private static final int MOST_USERS = 30;
  private static final Tolerance TOLERANCE =
      new Tolerance(
          Duration.ofMillis(SimulatedServer.SILENCE_MILLIS),
          Duration.ofMillis(SimulatedServer.ABSENCE_MILLIS));
  private static final Patience PATIENCE =
      new Patience(Duration.ofMillis(30), Duration.ofMillis(40));

  private final ExecutorService threads;
  private final Ledger ledger = new Ledger();
  private final ScheduledThreadPoolExecutor time = new ScheduledThreadPoolExecutor(1);
  private final MemoryBudget budget = new MemoryBudget(2 * 1024 * 1024);
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();
  private final Map<String, SimulatedServer> world = new LinkedHashMap<>();
  private final List<String> users = new ArrayList<>();
  private final Ends ends;
  private final int lanes;

  /** Whether users are named, rather than listed by the servers. */
  final boolean names;

  /** Whether the command may be carried out twice for a user. */
  final boolean isRepeatable;

  private final boolean hasTimeout;

  /** Behind how many users the run is stopped; negative for never. */
  final int stoppedBehind;

  /** Where the run is written down; null for nowhere. */
  private final Path directory;

  private volatile Map<String, Outcome> writtenBefore = Map.of();
  private volatile Running running;

  /**
   * @param threads of the brain
   */
  Simulation(long seed, ExecutorService threads) {
    this(seed, threads, null);
  }

  /**
   * As above, but the brain is killed instead of stopped.
   *
   * @param directory where the run is written down, and nothing else is
   */
  Simulation(long seed, ExecutorService threads, Path directory) {
    this.threads = threads;
    this.directory = directory;
    Random random = new Random(seed * 0x9E3779B97F4A7C15L);
    time.setRemoveOnCancelPolicy(true);
    time.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    names = random.nextInt(3) == 0;
    isRepeatable = random.nextBoolean();
    hasTimeout = random.nextInt(6) == 0;
    lanes = 1 + random.nextInt(MOST_LANES);
    for (int i = 1 + random.nextInt(MOST_SERVERS); i > 0; i--) {
      String name = "mail" + i;
      Set<String> here = new LinkedHashSet<>();
      for (int u = random.nextInt(MOST_USERS); u > 0; u--) {
        here.add("u%02d@%s".formatted(u, name));
      }
      users.addAll(here);
      world.put(name, new SimulatedServer(name, here, random, time, ledger));
    }
    int behind = random.nextInt(users.size() + 1);
    stoppedBehind = directory == null && random.nextInt(6) == 0 ? behind : -1;
    ends = new Ends(directory == null ? stoppedBehind : behind);
  }

  /** How users ended; stops the run when so many have. */
  private final class Ends implements RunListener {
    private final int stop;

    // guarded by this
    private final List<UserEnd> all = new ArrayList<>();

    Ends(int stop) {
      this.stop = stop;
    }

    @Override
    public void ended(UserEnd end) {
      int count;
      synchronized (this) {
        all.add(end);
        count = all.size();
      }
      if (count == stop && directory == null) {
        threads.execute(running::cancel);
      } else if (count == stop && !Files.exists(killedJournal())) { // the second one lives
        kill();
      }
    }

    synchronized void forget() {
      all.clear();
    }

    synchronized List<UserEnd> all() {
      return List.copyOf(all);
    }
  }

  /** Whether the first brain has been killed. */
  boolean isKilled() {
    return ledger.isKilled();
  }

  /** What the first brain writes down. */
  private Path journal() {
    return directory.resolve("first");
  }

  /** As it was when the first brain was killed, and then what another brain has gone on with. */
  Path killedJournal() {
    return directory.resolve("killed");
  }

  private void kill() {
    try {
      Files.copy(journal(), killedJournal());
    } catch (IOException e) {
      ledger.fault(e);
    }
    ledger.kill();
    world.values().forEach(SimulatedServer::loseBrain);
  }

  /** Carries it out. Returns the exit code. */
  int run() throws IOException {
    return directory == null ? run(List.of()) : run(List.of("--journal", journal().toString()));
  }

  /** How users have ended, as the killed brain has written down. */
  Map<String, Outcome> writtenBefore() {
    return writtenBefore;
  }

  /** Another brain goes on with what the killed one has written down. Returns the exit code. */
  int resume() throws IOException, Failure {
    writtenBefore = Verdict.outcomes(killedJournal());
    ledger.revive();
    ends.forget();
    return run(List.of("--resume", killedJournal().toString()));
  }

  private int run(List<String> global) throws IOException {
    List<String> words = new ArrayList<>(global);
    words.add(isRepeatable ? "search" : "batch");
    words.addAll(names ? List.of("-F", "-") : List.of("-A"));
    words.addAll(hasTimeout ? List.of("--timeout", "100ms") : List.of());
    words.addAll(isRepeatable ? List.of("all") : List.of(":", "search", "all"));
    byte[] named = (names ? String.join("\n", users) : "").getBytes(StandardCharsets.UTF_8);
    Console console = new Console(new ByteArrayInputStream(named), out, error, false, 80);
    Brain.Resources resources =
        new FixedResources(servers(), budget) {
          @Override
          public Optional<Journals> journals() {
            return Optional.ofNullable(directory).map(Simulation::journals);
          }
        };
    return new Brain(threads, Clock.systemUTC(), new About("simulation"), PATIENCE)
        .run(words, console, resources, this::begin);
  }

  private static Journals journals(Path directory) {
    JournalRules rules = new JournalRules(Duration.ofDays(1), 1 << 20, true);
    JournalDirectory all =
        new JournalDirectory(directory.resolve("runs"), rules, Clock.systemUTC());
    return new Journals(all, "admin", (master, command) -> false, true);
  }

  private List<Server> servers() {
    List<Server> servers = new ArrayList<>();
    world.forEach(
        (name, server) ->
            servers.add(
                new RemoteServer(name, server, List.of(UserMask.ALL), lanes, threads, TOLERANCE)));
    return servers;
  }

  private void begin(Running run) {
    running = run;
    ((Run) run).tell(ends);
    if (stoppedBehind == 0) {
      run.cancel();
    }
  }

  /** Stops what is left of it, whatever it waits for. */
  @Override
  public void close() {
    Running run = running;
    if (run != null) {
      run.cancel();
    }
    time.shutdownNow();
  }

  Ledger ledger() {
    return ledger;
  }

  List<UserEnd> ends() {
    return ends.all();
  }

  /** All users that there are. */
  List<String> users() {
    return users;
  }

  List<String> printed() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  String said() {
    return error.toString(StandardCharsets.UTF_8);
  }

  /** Bytes of memory that are held. */
  long held() {
    return budget.all().held();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(isRepeatable ? "search" : "batch").append(names ? ", users named" : ", -A");
    text.append(hasTimeout ? ", --timeout" : "").append(", %d lanes".formatted(lanes));
    text.append(stoppedBehind < 0 ? "" : ", stopped behind " + stoppedBehind);
    world.forEach((name, server) -> text.append("\n  ").append(name).append(": ").append(server));
    return text.toString();
  }
}
