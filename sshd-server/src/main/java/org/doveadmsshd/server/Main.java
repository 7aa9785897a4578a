package org.doveadmsshd.server;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Version;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Program;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.command.CommandLineOptions;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.settings.site.ConfigurationFile;
import org.doveadmsshd.supervision.Readiness;
import org.jline.utils.Signals;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code doveadm-sshd}: serves doveadm over SSH until it is told to stop.
 *
 * <p>It runs as the user who owns the mail and needs no rights beyond that; or as a user without
 * any beside a supervisor; or as root ({@code isolation = thread}). SIGTERM lets commands under way
 * end for a while, SIGHUP has it read its configuration anew.
 */
public final class Main {
  /** Name and version, as peers are told. */
  public static final String SOFTWARE = Version.of("doveadm-sshd");

  private static final Logger LOG = LoggerFactory.getLogger(Main.class);

  /** For demonstrations: the moment that dates such as 30d count back from. */
  private static final String NOW_PROPERTY = "doveadm.now";

  /** Where the configuration is. */
  static final Option CONFIG =
      Option.of(
          'c',
          "config",
          Kind.FILE.named("file"),
          "configuration, by default " + ConfigurationFile.STANDARD);

  /** As it is called. */
  public static final Program PROGRAM =
      new Program(
          "doveadm-sshd",
          List.of(
              "[options]",
              "[-c <file>] setup [--dry-run|--force|--undo]",
              "[-c <file>] keys list|rotate",
              "[-c <file>] terms show|clean",
              "[-c <file>] [-f <formatter>] status",
              "[-c <file>] [-f <formatter>] check-mail -u <user>|-A|-F <file>",
              "audit verify <file> [...]"),
          options());

  private Main() {}

  private static List<Option> options() {
    List<Option> options = new ArrayList<>();
    options.add(CONFIG);
    options.add(Option.flag("check-config", "report every mistake in it, and end"));
    CommandLineOptions.OUTPUT.stream().filter(each -> each.letter() == 'f').forEach(options::add);
    return options;
  }

  /** Starts the program. */
  public static void main(String[] arguments) {
    PROGRAM.main(arguments, Main::run);
  }

  /**
   * Does what the words ask for.
   *
   * @return the exit code; after 0 the program ends with its last thread
   * @throws Failure for words that mean nothing, and for a server that cannot be started
   */
  static int run(List<String> arguments) throws Failure, IOException {
    Words words = PROGRAM.parseUntilCommand(arguments);
    if (PROGRAM.tells(words, Limits.PROTOCOL)) {
      return 0;
    }
    if (!words.positionals().isEmpty()) {
      return part(words);
    }
    Path file = file(words);
    Optional<Settings> settings = Daemon.FILE.readOrExplain(file);
    if (settings.isEmpty()) {
      return Outcome.CONFIGURATION_ERROR.exitCode();
    }
    if (words.has("check-config")) {
      System.out.println(file + ": no mistakes found");
      return 0;
    }
    serve(settings.get());
    return 0;
  }

  /** What the program does beside serving. */
  private static int part(Words words) throws Failure, IOException {
    List<String> behind = words.positionals().subList(1, words.positionals().size());
    return switch (words.positionals().get(0)) {
      case "keys" -> HostKeyCommand.run(behind, file(words));
      case "terms" -> TermsCommand.run(behind, file(words));
      case "setup" -> SetupCommand.run(behind, file(words));
      case "audit" -> AuditVerification.run(behind);
      case CommandHere.STATUS -> CommandHere.ofServer(words, file(words));
      case CommandHere.CHECK_MAIL -> CommandHere.onMail(words, file(words));
      default -> PROGRAM.explain();
    };
  }

  private static Path file(Words words) {
    return Path.of(words.value(CONFIG.name()).orElse(ConfigurationFile.STANDARD));
  }

  private static void serve(Settings settings) throws Failure {
    Readiness readiness = Readiness.ofProcess();
    Daemon daemon = new Daemon(settings, clock(), SOFTWARE);
    daemon.watchMemory();
    daemon.start();
    if (settings.masters().isEmpty()) {
      LOG.warn("No master_user is configured: nobody can log in");
    }
    String addresses = String.join(" ", settings.ssh().listen());
    LOG.info(
        "{} listens on {} port {}; {}", SOFTWARE, addresses, daemon.port(), daemon.workPlace());
    Signals.register("HUP", () -> reload(daemon, readiness));
    readiness.ready("Listens on %s port %d".formatted(addresses, daemon.port()));
    Watchdog.start(readiness, settings.ssh().listen().get(0), daemon.port());
    daemon.rehearse();
    if (System.getProperty("user.name").equals("root") && daemon.opensMailItself()) {
      LOG.warn(
          "Running as root, which is not needed: run it as the user who owns the mail, or have a"
              + " supervisor start workers (isolation = process)");
    }
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  LOG.info("Stopping");
                  readiness.stopping(daemon.shutdownTimeout());
                  daemon.stop();
                },
                "stop"));
    try {
      daemon.awaitEnd();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** As {@code doveadm reload}: for the service manager, and for logrotate. */
  private static void reload(Daemon daemon, Readiness readiness) {
    readiness.reloading();
    String status = "The configuration was read anew";
    try {
      daemon.reload();
    } catch (Failure e) {
      status = "Not reloaded, all is as before: " + e.getMessage();
      LOG.error("{}", status);
    }
    readiness.ready(status);
  }

  private static Clock clock() throws Failure {
    String now = System.getProperty(NOW_PROPERTY);
    if (now == null) {
      return Clock.systemDefaultZone();
    }
    try {
      Instant instant = Instant.parse(now);
      LOG.warn("Dates count back from {}, not from the present: this is for demonstrations", now);
      return Clock.fixed(instant, ZoneId.systemDefault());
    } catch (DateTimeParseException e) {
      throw Failure.usage(NOW_PROPERTY + " is not a moment such as 2026-01-31T12:00:00Z");
    }
  }
}
