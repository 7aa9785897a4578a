package org.doveadmsshd.shell;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.doveadmsshd.auth.sasl.SaslClient;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Program;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.brain.About;
import org.doveadmsshd.brain.Brain;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.Running;
import org.doveadmsshd.brain.Server;
import org.doveadmsshd.brain.format.Formatters;
import org.doveadmsshd.brain.remote.RemoteServer;
import org.doveadmsshd.brain.socket.SocketConnector;
import org.doveadmsshd.brain.ssh.SshConnections;
import org.doveadmsshd.brain.ssh.SshConnector;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.CommandLineOptions;
import org.doveadmsshd.keys.KnownHosts;
import org.doveadmsshd.keys.SecretFile;
import org.doveadmsshd.settings.Problem;
import org.doveadmsshd.settings.Settings;

/**
 * {@code doveadm-ssh}: carries a doveadm command line out on the servers of its configuration, over
 * one SSH connection to each.
 */
public final class Main {
  private static final List<Path> DEFAULT_FILES =
      List.of(
          Path.of(System.getProperty("user.home"), ".config", "doveadm-ssh.conf"),
          Path.of("/etc/doveadm-sshd/doveadm-ssh.conf"));

  private static final List<Option> OPTIONS =
      List.of(
          Option.of('c', "config", Kind.FILE.named("file"), "configuration with the servers"),
          Option.of(
              's', "server", Kind.TEXT.named("name"), "only this server of the configuration"),
          Option.flag("help", "say this, and end"));

  /** Those of doveadm may stand among its own. */
  private static final Program PROGRAM =
      new Program(
          "doveadm-ssh",
          List.of(
              "[options] <doveadm command line>",
              "help [<command>]",
              "[options] trust <server>|<host>[:<port>]",
              "keygen [-f <file>]"),
          Stream.concat(OPTIONS.stream(), CommandLineOptions.GLOBAL.stream()).toList());

  private static final long PATIENCE_SECONDS = 10;

  private Main() {}

  /** Starts the program. */
  public static void main(String[] arguments) {
    CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    int code = PROGRAM.run(List.of(arguments), words -> run(words, exitCode));
    exitCode.complete(code);
    System.exit(code);
  }

  /**
   * Carries the command line out.
   *
   * @param exitCode for a signal that comes meanwhile; it is completed after this has returned
   */
  private static int run(List<String> arguments, Future<Integer> exitCode)
      throws Failure, IOException {
    Words words = PROGRAM.parseUntilCommand(arguments);
    if (words.has("help") || words.positionals().isEmpty()) {
      return PROGRAM.explain(words.has("help"));
    }
    boolean ofDoveadm =
        CommandLineOptions.GLOBAL.stream().anyMatch(option -> words.has(option.name()));
    Optional<Integer> ended = ofDoveadm ? Optional.empty() : keys(words);
    if (ended.isPresent()) {
      return ended.get();
    }
    List<String> line = words.forwarded(CommandLineOptions.GLOBAL);
    ExecutorService executor =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "work");
              thread.setDaemon(true);
              return thread;
            });
    try (Resources resources = new Resources(words, executor)) {
      Brain brain = new Brain(executor, Clock.systemDefaultZone(), new About(PROGRAM.name()));
      return brain.run(line, console(), resources, running -> stopOnSignal(running, exitCode));
    }
  }

  /** Carries out what is about keys; nothing when that is not what was asked for. */
  private static Optional<Integer> keys(Words words) throws Failure {
    List<String> line = words.positionals();
    List<String> rest = line.subList(1, line.size());
    switch (line.get(0)) {
      case "keygen":
        return Optional.of(KeyCommands.keygen(rest));
      case "trust":
        Optional<Path> file = file(words);
        Optional<Settings> settings =
            file.isPresent() ? Optional.of(settings(file.get())) : Optional.empty();
        Path usual = Path.of(System.getProperty("user.home"), ".ssh", "known_hosts");
        KnownHosts knownHosts =
            new KnownHosts(settings.map(all -> all.client().knownHosts()).orElse(usual));
        return Optional.of(KeyCommands.trust(rest, knownHosts, name -> address(settings, name)));
      default:
        return Optional.empty();
    }
  }

  private static Optional<InetSocketAddress> address(Optional<Settings> settings, String name) {
    return settings.stream()
        .flatMap(all -> all.client().servers().stream())
        .filter(server -> server.name().equals(name))
        .map(server -> InetSocketAddress.createUnresolved(server.host(), server.port()))
        .findFirst();
  }

  private static Optional<Path> file(Words words) {
    return words
        .value("config")
        .map(Path::of)
        .or(() -> DEFAULT_FILES.stream().filter(Files::exists).findFirst());
  }

  private static Settings settings(Path file) throws Failure {
    try {
      return Settings.read(file, CommandCatalog.scopeWords());
    } catch (Settings.InvalidException e) {
      for (Problem problem : e.problems()) {
        System.err.println(problem);
      }
      throw new Failure(Outcome.CONFIGURATION_ERROR, "The configuration has mistakes");
    }
  }

  private static Console console() {
    return new Console(
        new FileInputStream(FileDescriptor.in),
        new FileOutputStream(FileDescriptor.out),
        new FileOutputStream(FileDescriptor.err),
        Terminal.isWatchedAt(Terminal.ERROR),
        Terminal.isAt(Terminal.OUT),
        Formatters.plain(Console.DEFAULT_WIDTH));
  }

  /** Ctrl-C stops the run, which then says what was done, and the program ends with its code. */
  private static void stopOnSignal(Running run, Future<Integer> exitCode) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  run.cancel();
                  try {
                    Runtime.getRuntime().halt(exitCode.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  } catch (TimeoutException | ExecutionException e) {
                    // the run does not end; the program does
                  }
                }));
  }

  /** The servers, connected to when a command needs them. */
  private static final class Resources implements Brain.Resources, AutoCloseable {
    private final Words words;
    private final ExecutorService executor;
    private final MemoryBudget.Share memory = MemoryBudget.ofHeap().all();
    private SshConnections connections;

    Resources(Words words, ExecutorService executor) {
      this.words = words;
      this.executor = executor;
    }

    @Override
    public void checkHere(String command) {} // it is his own machine

    @Override
    public boolean mayReadFiles() {
      return true;
    }

    @Override
    public MemoryBudget.Share memory() {
      return memory;
    }

    @Override
    public List<Server> servers() throws Failure {
      Settings settings = settings();
      connections = new SshConnections(new KnownHosts(settings.client().knownHosts()));
      List<Server> servers = new ArrayList<>();
      for (Settings.ServerSettings server : settings.client().servers()) {
        if (words.value("server").orElse(server.name()).equals(server.name())) {
          servers.add(server(server));
        }
      }
      if (servers.isEmpty()) {
        throw new Failure(
            Outcome.CONFIGURATION_ERROR,
            "The configuration has no server" + words.value("server").map(n -> " " + n).orElse(""));
      }
      return servers;
    }

    private Server server(Settings.ServerSettings server) {
      return new RemoteServer(
          server.name(),
          server.socket().isPresent()
              ? new SocketConnector(
                  server.name(), server.socket().get(), () -> authentication(server))
              : new SshConnector(
                  connections,
                  new SshConnector.Address(
                      server.name(),
                      server.host(),
                      server.port(),
                      server.user(),
                      server.identity())),
          server.users().stream().map(UserMask::new).toList(),
          server.lanes(),
          executor);
    }

    private static SaslClient authentication(Settings.ServerSettings server) throws Failure {
      if (server.mechanism().equals("external")) {
        return SaslClient.external("");
      }
      Path file =
          server
              .secretFile()
              .orElseThrow(
                  () ->
                      new Failure(
                          Outcome.CONFIGURATION_ERROR,
                          "Server " + server.name() + ": secret_file must be set"));
      String secret = SecretFile.read(file);
      return switch (server.mechanism()) {
        case "plain" -> SaslClient.plain("", server.user(), secret);
        case "scram-sha-1" -> SaslClient.scramSha1("", server.user(), secret);
        case "oauthbearer" -> SaslClient.oauthBearer("", secret);
        default -> SaslClient.scramSha256("", server.user(), secret);
      };
    }

    private Settings settings() throws Failure {
      return Main.settings(
          file(words)
              .orElseThrow(
                  () ->
                      new Failure(
                          Outcome.CONFIGURATION_ERROR,
                          "No configuration: neither " + DEFAULT_FILES.get(0) + " nor -c <file>")));
    }

    @Override
    public void close() {
      if (connections != null) {
        connections.close();
      }
    }
  }
}
