package org.doveadmsshd.shell;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
import org.doveadmsshd.console.CommandRunner;

/** Carries out lines on the servers of the configuration, for whoever has started the program. */
final class ClientRunner implements CommandRunner {
  private final Brain brain;
  private final ConfiguredServers servers;
  private final MemoryBudget.Share memory = MemoryBudget.ofHeap().all();

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
