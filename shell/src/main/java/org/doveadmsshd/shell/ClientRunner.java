package org.doveadmsshd.shell;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.Brain;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.Running;
import org.doveadmsshd.brain.Server;
import org.doveadmsshd.brain.journal.JournalDirectory;
import org.doveadmsshd.brain.journal.JournalRules;
import org.doveadmsshd.brain.journal.Journals;
import org.doveadmsshd.brain.placement.Placement;
import org.doveadmsshd.console.CommandRunner;
import org.doveadmsshd.settings.Settings;

/** Carries out lines on the servers of the configuration, for whoever has started the program. */
final class ClientRunner implements CommandRunner {
  private final Brain brain;
  private final ConfiguredServers servers;
  private final MemoryBudget.Share memory = MemoryBudget.ofHeap().all();
  private JournalDirectory journals; // guarded by this

  ClientRunner(Brain brain, ConfiguredServers servers) {
    this.brain = brain;
    this.servers = servers;
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
    return brain.run(words, console, new Resources(chosen), started);
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
