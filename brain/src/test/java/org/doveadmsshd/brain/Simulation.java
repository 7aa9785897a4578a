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
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Rate;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.format.Formatters;
import org.doveadmsshd.brain.journal.JournalDirectory;
import org.doveadmsshd.brain.journal.JournalDisk;
import org.doveadmsshd.brain.journal.JournalRules;
import org.doveadmsshd.brain.journal.Journals;
import org.doveadmsshd.brain.journal.UserEnd;
import org.doveadmsshd.brain.placement.Placement;
import org.doveadmsshd.brain.progress.StatusLines;
import org.doveadmsshd.brain.remote.RemoteServer;
import org.doveadmsshd.brain.remote.Tolerance;
import org.doveadmsshd.worker.term.TermTable;
import org.doveadmsshd.worker.term.Terms;

/** A run of the real brain on simulated servers, and those that go on with it when it is killed. */
final class Simulation implements AutoCloseable {
  /** The exit code of a run whose output is gone. */
  static final int BROKEN = -1;

  /** Longer than any run may take: nobody but the clock of a run ends its patience. */
  private static final Duration ENDLESS = Duration.ofSeconds(200);

  private static final Tolerance TOLERANCE =
      new Tolerance(
          Duration.ofMillis(SimulatedServer.SILENCE_MILLIS),
          Duration.ofMillis(SimulatedServer.ABSENCE_MILLIS));
  private static final Patience PATIENCE =
      new Patience(Duration.ofMillis(30), Duration.ofMillis(40));
  private static final int DISK_ROOM = 8000;
  private static final int READ_BYTES = 4000;

  final Scenario scenario;
  private final ExecutorService threads;
  private final Path directory;
  private final Ledger ledger;
  private final SimulatedPlacement placement;
  private final ScheduledThreadPoolExecutor time = new ScheduledThreadPoolExecutor(1);
  private final MemoryBudget budget;
  private final Map<String, SimulatedServer> world = new LinkedHashMap<>();
  private final List<Terms> terms = new ArrayList<>();
  private final JournalDisk disk;
  private final int readBytes;

  // of the brain that works, or has worked last
  private Ends ends;
  private PrintedRows out;
  private ByteArrayOutputStream error;
  private volatile Running running;
  private long begunNanos;
  private volatile long held;
  private int brains;

  /** What is written down: a copy of what a killed brain has left, which goes on in vain. */
  private volatile Path journal;

  /** What the brain before has written down. */
  private Map<String, Outcome> writtenBefore = Map.of();

  /**
   * @param threads of the brains
   * @param directory is there, and empty; files are left in it
   */
  Simulation(long seed, ExecutorService threads, Path directory) {
    this.threads = threads;
    this.directory = directory;
    journal = directory.resolve("journal");
    scenario = new Scenario(seed);
    ledger = new Ledger(scenario.isEachServers());
    placement = new SimulatedPlacement(scenario);
    budget = new MemoryBudget(scenario.memory);
    long room = scenario.disk == Scenario.Disk.FULL ? scenario.random.nextInt(DISK_ROOM) : 1L << 40;
    disk = new SimulatedDisk(scenario.disk == Scenario.Disk.SLOW, room);
    readBytes = scenario.random.nextInt(READ_BYTES);
    time.setRemoveOnCancelPolicy(true);
    time.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    for (String name : scenario.servers()) {
      SimulatedMail mail = new SimulatedMail(name, scenario, placement, ledger, terms(name));
      world.put(name, new SimulatedServer(name, scenario, mail, time, ledger));
    }
  }

  private Terms terms(String server) {
    if (!scenario.hasTerms || scenario.random.nextInt(6) == 0) {
      return Terms.NONE;
    }
    TermTable table = new TermTable(directory.resolve("terms-" + server));
    terms.add(table);
    return table;
  }

  private boolean isWrittenDown() {
    return scenario.disk != Scenario.Disk.NONE;
  }

  /** Carries it out, to its end or until its brain is killed. Returns the exit code. */
  int run() throws IOException {
    List<String> words = new ArrayList<>();
    if (isWrittenDown()) {
      words.addAll(List.of("--journal", journal.toString()));
    }
    return run(words);
  }

  /** Whether the brain that has worked last was killed. */
  boolean isKilled() {
    return ledger.isKilled();
  }

  /** Another brain goes on with what the killed one has written down. Returns the exit code. */
  int resume() throws IOException, Failure {
    writtenBefore = JournalVerdict.outcomes(ledger, journal);
    placement.moveAll();
    return run(List.of("--resume", journal.toString()));
  }

  private int run(List<String> global) throws IOException {
    brains++;
    ends = new Ends(scenario.canaries, this::ended);
    out = new PrintedRows(scenario.reader, readBytes);
    error = new Sayings();
    ledger.begin(ends::standing);
    List<String> words = new ArrayList<>(global);
    words.addAll(scenario.words());
    begunNanos = System.nanoTime();
    try {
      return new Brain(threads, Clock.systemUTC(), new About("simulation"), PATIENCE)
          .run(words, console(), resources(), this::begin);
    } catch (IOException e) {
      if (scenario.reader != Scenario.Reader.GOES) {
        throw e;
      }
      return BROKEN;
    }
  }

  /** What is said, and what memory was held at that moment. */
  private final class Sayings extends ByteArrayOutputStream {
    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      held = budget.all().held();
      super.write(bytes, offset, length);
    }
  }

  private Console console() {
    byte[] named = String.join("\n", scenario.names).getBytes(StandardCharsets.UTF_8);
    Optional<Console.Question> question =
        scenario.person == Scenario.Person.NOBODY
            ? Optional.empty()
            : Optional.of(
                prompt -> scenario.person == Scenario.Person.CONSENTS ? "yes" : "rather not");
    return new Console(
        new ByteArrayInputStream(named),
        out,
        error,
        StatusLines.NONE,
        false,
        Formatters.plain(Console.DEFAULT_WIDTH),
        question);
  }

  private Brain.Resources resources() {
    return new FixedResources(servers(), budget.all()) {
      @Override
      public Placement placement(List<Server> servers) throws Failure {
        return scenario.isPlaced ? placement : super.placement(servers);
      }

      @Override
      public Optional<Journals> journals() {
        return isWrittenDown() ? Optional.of(Simulation.this.journals()) : Optional.empty();
      }
    };
  }

  private Journals journals() {
    JournalRules rules = new JournalRules(Duration.ofDays(1), 1 << 20, scenario.stopsWhenFull);
    JournalDirectory all =
        new JournalDirectory(directory.resolve("runs"), rules, Clock.systemUTC(), disk);
    return new Journals(all, "admin", (master, command) -> false, true);
  }

  private List<Server> servers() {
    List<Server> servers = new ArrayList<>();
    Tolerance tolerance = scenario.isPatient ? new Tolerance(ENDLESS, ENDLESS) : TOLERANCE;
    world.forEach(
        (name, simulated) -> {
          RemoteServer server =
              new RemoteServer(
                  name, simulated, List.of(UserMask.ALL), scenario.lanes, threads, tolerance);
          server.setState(simulated::state);
          if (scenario.maxRateOfEach > 0) {
            server.setMaxRate(new Rate(scenario.maxRateOfEach));
          }
          servers.add(server);
        });
    return servers;
  }

  private void begin(Running run) {
    running = run;
    ((Run) run).tell(ends);
    if (scenario.stoppedBehind == 0) {
      run.cancel();
    }
  }

  /** So many users of a brain have ended. */
  private void ended(int count) {
    if (count == scenario.stoppedBehind) {
      threads.execute(running::cancel);
    }
    if (brains <= scenario.kills.size() && count == scenario.kills.get(brains - 1)) {
      kill();
    }
  }

  private void kill() {
    Path left = directory.resolve("journal" + brains);
    try {
      Files.copy(journal, left);
    } catch (IOException e) {
      ledger.fault(e);
    }
    journal = left;
    ledger.kill();
    world.values().forEach(SimulatedServer::loseBrain);
  }

  /** Stops what is left of it, whatever it waits for. */
  @Override
  public void close() {
    Running run = running;
    if (run != null) {
      run.cancel();
    }
    time.shutdownNow();
    terms.forEach(Terms::close);
  }

  /** All servers. */
  Collection<SimulatedServer> simulated() {
    return world.values();
  }

  Path journal() {
    return journal;
  }

  Ledger ledger() {
    return ledger;
  }

  SimulatedPlacement placement() {
    return placement;
  }

  List<UserEnd> ends() {
    return ends.all();
  }

  Ends.Standing standing() {
    return ends.standing();
  }

  List<PrintedRows.Row> printed() {
    return out.rows();
  }

  String said() {
    return error.toString(StandardCharsets.UTF_8);
  }

  /** Whether another brain has worked before, and was killed. */
  boolean isResumed() {
    return brains > 1;
  }

  /** How users had ended, as the killed brain has written down. */
  Map<String, Outcome> writtenBefore() {
    return writtenBefore;
  }

  /** When the last brain began, by {@link System#nanoTime}. */
  long begunNanos() {
    return begunNanos;
  }

  /** Bytes of memory that were held when the last line was said, behind all that is printed. */
  long heldAtTheEnd() {
    return held;
  }

  /** Bytes of memory that are held. */
  long held() {
    return budget.all().held();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(scenario.toString());
    world.forEach((name, server) -> text.append("\n  ").append(name).append(": ").append(server));
    return text.toString();
  }
}
