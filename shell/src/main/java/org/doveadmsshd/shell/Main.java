package org.doveadmsshd.shell;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Program;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.brain.About;
import org.doveadmsshd.brain.Brain;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.Running;
import org.doveadmsshd.brain.format.Formatters;
import org.doveadmsshd.brain.progress.StatusLines;
import org.doveadmsshd.brain.progress.TerminalStatus;
import org.doveadmsshd.command.CommandLineOptions;
import org.doveadmsshd.command.Manual;
import org.doveadmsshd.keys.KnownHosts;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.settings.Settings;

/**
 * {@code doveadm-ssh}: carries a doveadm command line out on the servers of its configuration, over
 * one SSH connection to each.
 */
public final class Main {
  private static final List<Option> OPTIONS =
      List.of(
          Option.of('c', "config", Kind.FILE.named("file"), "configuration with the servers"),
          Option.of(
              's', "server", Kind.SERVER.named("name"), "only this server of the configuration"));

  /** What may be typed here. */
  public static final About ABOUT = OwnCommands.ABOUT;

  /** As it is called. Options of doveadm may stand among its own. */
  public static final Program PROGRAM =
      new Program(
          OwnCommands.PROGRAM,
          synopses(),
          Stream.concat(OPTIONS.stream(), CommandLineOptions.GLOBAL.stream()).toList());

  private Main() {}

  private static List<String> synopses() {
    List<String> synopses = new ArrayList<>();
    synopses.addAll(List.of("[options]", "[options] <doveadm command line>", "help [<topic>]"));
    for (Manual own : OwnCommands.ALL) {
      synopses.add(("[options] " + own.name() + " " + own.synopsis().text()).strip());
    }
    return synopses;
  }

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
    if (PROGRAM.tells(words, Limits.PROTOCOL)) {
      return 0;
    }
    boolean ofDoveadm =
        CommandLineOptions.GLOBAL.stream().anyMatch(option -> words.has(option.name()));
    List<String> line = words.positionals();
    if (line.isEmpty() && !ofDoveadm && !Terminal.isAt(Terminal.IN)) {
      line = List.of(ScriptProgram.NAME, ScriptProgram.STANDARD_INPUT);
    }
    boolean shell = line.isEmpty() && !ofDoveadm && ShellProgram.isPossible();
    if (line.isEmpty() && !shell && !words.has("resume")) {
      return PROGRAM.explain();
    }
    Optional<Integer> ended = ofDoveadm || shell ? Optional.empty() : own(line, words);
    return ended.isPresent() ? ended.get() : carryOut(line, words, ofDoveadm, exitCode);
  }

  private static int carryOut(
      List<String> line, Words words, boolean ofDoveadm, Future<Integer> exitCode)
      throws Failure, IOException {
    ExecutorService executor =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "work");
              thread.setDaemon(true);
              return thread;
            });
    try (ConfiguredServers servers = new ConfiguredServers(words, executor)) {
      Brain brain = new Brain(executor, Clock.systemDefaultZone(), OwnCommands.ABOUT);
      ClientRunner runner = new ClientRunner(brain, servers, executor);
      if (line.isEmpty() && !ofDoveadm) {
        return ShellProgram.run(runner, executor);
      }
      String first =
          line.isEmpty() ? "" : line.get(0); // a run that is gone on with needs no command
      if (!ofDoveadm && first.equals(ScriptProgram.NAME)) {
        List<String> rest = line.subList(1, line.size());
        return new ScriptProgram(runner, servers, console()).run(rest, exitCode);
      }
      if (!ofDoveadm && first.equals(ReportCommand.NAME)) {
        List<String> rest = line.subList(1, line.size());
        return new ReportCommand(runner.journals(), console()).run(rest);
      }
      return runner.run(
          words.forwarded(CommandLineOptions.GLOBAL),
          List.of(),
          console().asking(Terminal.question()),
          run -> StopSignal.calls(() -> stop(run), exitCode));
    }
  }

  private static boolean stop(Running run) {
    run.cancel();
    return true;
  }

  /** Carries out what needs no server; nothing when that is not what was asked for. */
  private static Optional<Integer> own(List<String> line, Words words) throws Failure, IOException {
    List<String> rest = line.subList(1, line.size());
    switch (line.get(0)) {
      case "completion":
        return Optional.of(CompletionScript.run(rest, PROGRAM.options()));
      case "keygen":
        return Optional.of(KeyCommands.keygen(rest));
      case "trust":
        Optional<Settings> settings =
            ConfigurationFile.of(words).isPresent()
                ? Optional.of(ConfigurationFile.read(words))
                : Optional.empty();
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

  private static Console console() {
    OutputStream error = new FileOutputStream(FileDescriptor.err);
    return new Console(
        new FileInputStream(FileDescriptor.in),
        new FileOutputStream(FileDescriptor.out),
        error,
        status(error),
        Terminal.isAt(Terminal.OUT),
        Formatters.plain(Console.DEFAULT_WIDTH));
  }

  private static StatusLines status(OutputStream error) {
    return Terminal.isWatchedAt(Terminal.ERROR)
        ? new TerminalStatus(error, () -> Terminal.sizeAt(Terminal.ERROR), Terminal.hasColours())
        : StatusLines.NONE;
  }
}
