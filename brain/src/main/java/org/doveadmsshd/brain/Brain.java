package org.doveadmsshd.brain;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Version;
import org.doveadmsshd.brain.journal.Journals;
import org.doveadmsshd.brain.journal.KeptRuns;
import org.doveadmsshd.brain.placement.AnyPlacement;
import org.doveadmsshd.brain.placement.Placement;
import org.doveadmsshd.command.Command;
import org.doveadmsshd.command.Runs;
import org.doveadmsshd.command.Task;

/** Carries out command lines. Safe for several threads. */
public final class Brain {
  private final Executor executor;
  private final Clock clock;
  private final Patience patience;
  private final About about;

  /** Held by a command that hashes a password where it was typed. */
  private final Semaphore hashing = new Semaphore(1, true);

  /**
   * @param executor runs what may block; must not limit its threads
   * @param clock says what dates such as {@code 30d} count back from
   * @param about the program in which lines are typed
   */
  public Brain(Executor executor, Clock clock, About about) {
    this(executor, clock, about, Patience.STANDARD);
  }

  /** As above, with another patience for workers that do not answer. */
  Brain(Executor executor, Clock clock, About about, Patience patience) {
    this.executor = executor;
    this.clock = clock;
    this.about = about;
    this.patience = patience;
  }

  /** What a command line may use. */
  public interface Resources {
    /** The servers it is carried out on; called once, after the words have been checked. */
    List<Server> servers() throws Failure;

    /** Says which of these servers has a user. */
    default Placement placement(List<Server> servers) throws Failure {
      return new AnyPlacement(servers.stream().map(Server::name).toList());
    }

    /** The journals of whoever has typed it; nothing where runs are not written down. */
    default Optional<Journals> journals() {
      return Optional.empty();
    }

    /**
     * Checks a command that the brain carries out itself, before it begins.
     *
     * @param command its name
     * @throws Failure when the user who has typed it may not run it
     */
    void checkHere(String command) throws Failure;

    /** Whether {@code -F} may name a file rather than standard input. */
    boolean mayReadFiles();

    /** What waits in memory for the reader, or for the command, is drawn on this. */
    MemoryBudget.Share memory();
  }

  /**
   * Carries out the words after {@code doveadm}.
   *
   * @param started takes the run before it begins, to watch or stop it
   * @return the exit code
   * @throws IOException when the console is gone; the run has been stopped then
   */
  public int run(List<String> words, Console given, Resources resources, Consumer<Running> started)
      throws IOException {
    Console console = given.guarded();
    try {
      List<String> line = Invocation.withoutGlobalOptions(words);
      Optional<List<String>> topic = Help.topic(line);
      if (topic.isPresent()) {
        print(console, new Help(about).about(topic.get()));
        return 0;
      }
      if (VersionReport.isAskedFor(line)) {
        return new VersionReport(about.program(), console).print(line, resources);
      }
      return run(Invocation.parse(resumed(words, resources)), console, resources, started);
    } catch (Failure e) {
      console.complain(e.getMessage());
      return e.outcome().exitCode();
    }
  }

  /** The words of the run that is gone on with, where no others are typed. */
  private static List<String> resumed(List<String> words, Resources resources) throws Failure {
    Optional<String> run = Invocation.resumedAlone(words);
    Optional<Journals> journals = resources.journals();
    if (run.isEmpty() || journals.isEmpty()) {
      return words;
    }
    Path file = journals.get().find(run.get());
    return Invocation.resumed(words, journals.get().header(file).arguments());
  }

  private int run(
      Invocation invocation, Console console, Resources resources, Consumer<Running> taker)
      throws Failure, IOException {
    Optional<String> list = invocation.users().file();
    if (list.isPresent() && !resources.mayReadFiles()) {
      checkStandardInput(list.get());
    }
    Instant now = RunJournal.firstNow(invocation, resources).orElse(clock.instant());
    List<String> doubts = new ArrayList<>();
    Command.Time time = new Command.Time(now, ZoneId::systemDefault, doubts::add);
    Task task = invocation.command().prepare(invocation.words(), time);
    for (String doubt : doubts) {
      console.warn(doubt);
    }
    if (task instanceof Task.Local) {
      runHere(invocation, (Task.Local) task, console, resources, taker);
      return 0;
    }
    return runOnServers(invocation, task, now, console, resources, taker);
  }

  private void runHere(
      Invocation invocation,
      Task.Local task,
      Console console,
      Resources resources,
      Consumer<Running> taker)
      throws Failure, IOException {
    resources.checkHere(invocation.command().name());
    LocalRun.execute(
        invocation, task, hashing, console, resources.memory(), runs(resources), taker);
  }

  private int runOnServers(
      Invocation invocation,
      Task task,
      Instant now,
      Console console,
      Resources resources,
      Consumer<Running> taker)
      throws Failure, IOException {
    List<Server> servers = resources.servers();
    Fleet fleet = new Fleet(servers, resources.placement(servers));
    Optional<CommandInput> input = CommandInput.read(invocation, task, console, resources);
    MemoryBudget.Share memory = resources.memory();
    try (MemoryBudget.Share own = memory.share(memory.most());
        RunJournal journal =
            RunJournal.of(
                invocation,
                task.isRepeatable(),
                input.map(CommandInput::digest),
                resources,
                Version.of(about.program()))) {
      CommandRequest request =
          new CommandRequest(invocation, task, now, input.map(CommandInput::spool));
      Run run = new Run(request, console, fleet, journal, executor, own, patience);
      taker.accept(run);
      run.writesDown(clock.instant());
      return run.execute();
    } finally {
      if (input.isPresent()) {
        input.get().close();
      }
    }
  }

  private static Runs runs(Resources resources) {
    Optional<Journals> journals = resources.journals();
    return journals.isPresent() ? new KeptRuns(journals.get()) : Runs.NONE;
  }

  private static void checkStandardInput(String list) throws Failure {
    if (!list.equals("-")) {
      throw Failure.usage(
          "The server opens no files for you; send the names: ssh … doveadm … -F - < " + list);
    }
  }

  private static void print(Console console, String text) throws IOException {
    console.out().write(text.getBytes(StandardCharsets.UTF_8));
    console.out().flush();
  }
}
