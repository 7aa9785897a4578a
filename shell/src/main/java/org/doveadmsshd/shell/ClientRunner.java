package org.doveadmsshd.shell;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.brain.Brain;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.Running;
import org.doveadmsshd.brain.Server;
import org.doveadmsshd.brain.format.Formatters;
import org.doveadmsshd.brain.journal.JournalDirectory;
import org.doveadmsshd.brain.journal.JournalRules;
import org.doveadmsshd.brain.journal.Journals;
import org.doveadmsshd.brain.placement.Placement;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.Manual;
import org.doveadmsshd.console.CommandRunner;
import org.doveadmsshd.console.OwnLine;
import org.doveadmsshd.settings.Settings;

/** Carries out lines on the servers of the configuration, for whoever has started the program. */
final class ClientRunner implements CommandRunner {
  private final Brain brain;
  private final ConfiguredServers servers;
  private final Executor executor;
  private final MemoryBudget.Share memory = MemoryBudget.ofHeap().all();
  private JournalDirectory journals; // guarded by this

  /**
   * @param executor runs what may block; must not limit its threads
   */
  ClientRunner(Brain brain, ConfiguredServers servers, Executor executor) {
    this.brain = brain;
    this.servers = servers;
    this.executor = executor;
  }

  @Override
  public MemoryBudget.Share memory() {
    return memory;
  }

  @Override
  public String master() {
    return System.getProperty("user.name");
  }

  @Override
  public int run(
      List<String> words, List<String> chosen, Console console, Consumer<Running> started)
      throws IOException {
    Optional<OwnLine> own = OwnLine.of(words, own());
    if (own.isEmpty()) {
      return brain.run(words, console, new Resources(chosen), started);
    }
    if (own.get().asksForHelp()) {
      List<String> help = List.of(CommandCatalog.HELP.name(), own.get().manual().name());
      return brain.run(help, console, new Resources(chosen), started);
    }
    Console guarded = console.guarded();
    try {
      return run(own.get(), chosen, guarded, started);
    } catch (Failure e) {
      guarded.complain(e.getMessage());
      return e.outcome().exitCode();
    }
  }

  @Override
  public List<Manual> own() {
    return OwnCommands.ON_SERVERS;
  }

  private int run(OwnLine line, List<String> chosen, Console console, Consumer<Running> started)
      throws Failure, IOException {
    Words general = line.general();
    Words words = line.words();
    if (general.has("formatter")) {
      Formatters.check(general.value("formatter").orElse(""));
    }
    Waiting waiting = new Waiting();
    started.accept(waiting);
    int code;
    if (line.manual().equals(OwnCommands.SERVERS)) {
      code =
          new ServersCommand(servers, journals(), executor, memory, console)
              .run(
                  general,
                  words,
                  names -> waiting.on(servers.named(names.isEmpty() ? chosen : names)));
    } else {
      List<String> users = WhereCommand.users(words);
      List<Server> all = waiting.on(servers.named(chosen));
      code =
          new WhereCommand(all, servers.placement(memory), memory, console)
              .run(users, general, waiting::isCancelled);
    }
    if (waiting.isCancelled()) {
      throw new Failure(Outcome.CANCELLED, "Stopped");
    }
    return code;
  }

  /** A command that waits for servers; no longer once it is stopped. */
  private static final class Waiting implements Running {
    private List<Server> servers = List.of(); // guarded by this
    private boolean cancelled; // guarded by this

    /** From now on it waits for these. */
    synchronized List<Server> on(List<Server> asked) {
      servers = asked;
      if (cancelled) {
        asked.forEach(Server::abandon);
      }
      return asked;
    }

    @Override
    public synchronized void cancel() {
      cancelled = true;
      servers.forEach(Server::abandon);
    }

    @Override
    public synchronized boolean isCancelled() {
      return cancelled;
    }
  }

  @Override
  public OutputStream create(String file) throws Failure, IOException {
    try {
      return Files.newOutputStream(Path.of(file));
    } catch (FileSystemException e) {
      String text = "Cannot write " + file + ": " + Reason.of(e);
      throw new Failure(Outcome.CANNOT_CREATE, text, e);
    }
  }

  @Override
  public List<String> servers() {
    try {
      return servers.names();
    } catch (Failure e) {
      return List.of(); // the next command says why
    }
  }

  @Override
  public void listUsers(UserMask mask, Consumer<String> taker) throws Failure {
    for (Server server : servers.named(List.of())) {
      server.listUsers(mask, taker);
    }
  }

  /** All that are in the directory are of whoever has started the program. */
  synchronized Journals journals() {
    if (journals == null) {
      Optional<Settings> settings = settings();
      JournalRules rules =
          settings
              .map(Settings::journals)
              .map(all -> new JournalRules(all.keep(), all.size(), all.stopsWhenFull()))
              .orElse(JournalRules.USUAL);
      Path state = settings.map(StateDirectory::of).orElseGet(StateDirectory::usual);
      Path directory = state.resolve("runs-" + master()); // several may share the first
      journals = new JournalDirectory(directory, rules, Clock.systemUTC());
    }
    return new Journals(journals, master(), (other, command) -> true, true);
  }

  private Optional<Settings> settings() {
    try {
      return Optional.of(servers.settings());
    } catch (Failure e) {
      return Optional.empty(); // a command that needs servers says why
    }
  }

  /** What a command line may use on an administrator's own machine. */
  private final class Resources implements Brain.Resources {
    private final List<String> chosen;

    Resources(List<String> chosen) {
      this.chosen = chosen;
    }

    @Override
    public List<Server> servers() throws Failure {
      return servers.named(chosen);
    }

    @Override
    public Optional<Journals> journals() {
      return Optional.of(ClientRunner.this.journals());
    }

    @Override
    public Placement placement(List<Server> of) throws Failure {
      return servers.placement(memory);
    }

    @Override
    public void checkHere(String command) {}

    @Override
    public boolean mayReadFiles() {
      return true;
    }

    @Override
    public MemoryBudget.Share memory() {
      return memory;
    }
  }
}
