package org.doveadmsshd.server;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.auth.sasl.SaslClient;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.brain.About;
import org.doveadmsshd.brain.Brain;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.FixedResources;
import org.doveadmsshd.brain.Server;
import org.doveadmsshd.brain.format.Formatters;
import org.doveadmsshd.brain.progress.StatusLines;
import org.doveadmsshd.brain.remote.RemoteServer;
import org.doveadmsshd.brain.remote.Tolerance;
import org.doveadmsshd.brain.socket.SocketConnector;
import org.doveadmsshd.command.CommandLineOptions;
import org.doveadmsshd.server.local.LocalServer;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.settings.site.Backends;
import org.doveadmsshd.worker.InProcessWork;
import org.doveadmsshd.worker.UserWork;
import org.doveadmsshd.worker.Worker;
import org.doveadmsshd.worker.audit.Audit;
import org.doveadmsshd.worker.isolation.Isolation;

/**
 * Commands of doveadm on the machine that the mail is on, without SSH: {@code doveadm-sshd
 * check-mail}, which is carried out in this process with the rights of whoever has started it and
 * needs no server, and {@code doveadm-sshd status}, which the running server is asked for.
 */
final class CommandHere {
  static final String CHECK_MAIL = "check-mail";
  static final String STATUS = "status";

  /** How long a server that is asked may say nothing. */
  private static final Duration SILENCE = Duration.ofSeconds(15);

  private static final int LANES = 2;

  private CommandHere() {}

  /**
   * Carries it out on the mail of the configuration's users.
   *
   * @param words options of the program, behind them the command line
   * @return the exit code
   */
  static int onMail(Words words, Path file) throws Failure, IOException {
    Optional<Settings> read = Daemon.FILE.readOrExplain(file);
    if (read.isEmpty()) {
      return Outcome.CONFIGURATION_ERROR.exitCode();
    }
    Settings settings = read.get();
    MemoryBudget.Share memory = MemoryBudget.ofHeap().all();
    Backends backends = new Backends(memory);
    ExecutorService executor = executor();
    try (Backends.Opened opened = backends.open(settings)) {
      Userdb users = opened.userdb();
      UserWork work =
          new InProcessWork(
              name -> users,
              WorkPlace.defaults(settings),
              InProcessWork.turns(memory, WorkPlace.ADVICE),
              Isolation.NONE);
      Worker worker = new Worker(users, work, (master, input, output) -> noServer(), Audit.NONE);
      Server here = new LocalServer(worker, master(), LANES, executor);
      return carryOut(words, here, executor, memory);
    } finally {
      executor.shutdownNow();
      backends.close();
    }
  }

  /**
   * Asks the running server, over the first UNIX socket of its configuration.
   *
   * @param words options of the program, behind them the command line
   * @return the exit code
   */
  static int ofServer(Words words, Path file) throws Failure, IOException {
    Optional<Settings> read = Daemon.FILE.readOrExplain(file);
    if (read.isEmpty()) {
      return Outcome.CONFIGURATION_ERROR.exitCode();
    }
    Path socket =
        read.get().sockets().stream()
            .map(Settings.SocketSettings::path)
            .findFirst()
            .orElseThrow(
                () ->
                    new Failure(
                        Outcome.CONFIGURATION_ERROR,
                        "The server has no socket to be asked by: set a unix_listener in service"
                            + " doveadm, or ask over SSH: ssh <host> doveadm status"));
    MemoryBudget.Share memory = MemoryBudget.ofHeap().all();
    ExecutorService executor = executor();
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(work -> daemon(work, "socket-life"));
    try {
      SocketConnector connector =
          new SocketConnector(
              "doveadm-sshd", socket, () -> SaslClient.external(""), timer, SILENCE);
      Server running =
          new RemoteServer(
              "doveadm-sshd",
              connector,
              List.of(UserMask.ALL),
              1,
              executor,
              new Tolerance(SILENCE, Duration.ZERO));
      return carryOut(words, running, executor, memory);
    } finally {
      executor.shutdownNow();
      timer.shutdownNow();
    }
  }

  private static <T> T noServer() throws Failure {
    throw Failure.usage("That is asked of a server: ssh <host> doveadm …");
  }

  private static int carryOut(
      Words words, Server server, ExecutorService executor, MemoryBudget.Share memory)
      throws IOException {
    List<String> line = words.forwarded(CommandLineOptions.OUTPUT);
    Brain brain =
        new Brain(executor, Clock.systemDefaultZone(), new About("doveadm-sshd", List.of()));
    return brain.run(line, console(), new FixedResources(List.of(server), memory), run -> {});
  }

  /** What is printed may reach a terminal, so it is guarded wherever it goes. */
  private static Console console() {
    return new Console(
        System.in,
        System.out,
        System.err,
        StatusLines.NONE,
        true,
        Formatters.plain(Console.DEFAULT_WIDTH));
  }

  private static Master master() {
    String user = System.getProperty("user.name");
    return new Master(user, Scope.UNLIMITED, new Login("on this machine", ""));
  }

  private static ExecutorService executor() {
    return Executors.newCachedThreadPool(work -> daemon(work, "work"));
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }
}
