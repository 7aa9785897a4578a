package org.doveadmsshd.supervisor;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Version;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Program;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.posix.NameService;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.settings.site.Backends;
import org.doveadmsshd.settings.site.ConfigurationFile;
import org.doveadmsshd.supervision.ProcessIdentity;
import org.doveadmsshd.supervision.Readiness;
import org.doveadmsshd.supervision.SupervisorRequest;
import org.doveadmsshd.supervision.WorkerJvm;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code doveadm-supervisor}: starts worker processes for a {@code doveadm-sshd} that has no rights
 * of its own, until it is told to stop. Runs as root, with the capabilities that its launcher
 * leaves it.
 */
public final class Main {
  private static final Logger LOG = LoggerFactory.getLogger(Main.class);

  /** The server says what is wrong with the names of commands. */
  private static final ConfigurationFile FILE = new ConfigurationFile(List.of());

  /** As it is called. */
  public static final Program PROGRAM =
      new Program(
          "doveadm-supervisor",
          List.of("[options]"),
          List.of(
              Option.of(
                  'c',
                  "config",
                  Kind.FILE.named("file"),
                  "by default " + ConfigurationFile.STANDARD)));

  private Main() {}

  /** Starts the program. */
  public static void main(String[] arguments) {
    PROGRAM.main(arguments, Main::run);
  }

  private static int run(List<String> arguments) throws Failure {
    Words words = PROGRAM.parse(arguments);
    if (PROGRAM.tells(words)) {
      return 0;
    }
    if (!words.positionals().isEmpty()) {
      return PROGRAM.explain();
    }
    Path file = Path.of(words.value("config").orElse(ConfigurationFile.STANDARD));
    Optional<Settings> settings = FILE.readOrExplain(file);
    if (settings.isEmpty()) {
      return Outcome.CONFIGURATION_ERROR.exitCode();
    }
    supervise(settings.get());
    return 0;
  }

  private static void supervise(Settings settings) throws Failure {
    Map<String, Integer> servers = new HashMap<>();
    for (Map.Entry<String, Settings.ProcessSettings> each : settings.work().services().entrySet()) {
      servers.put(each.getKey(), (int) server(each.getKey(), each.getValue().user()).uid());
    }
    NameService.PasswdEntry server = server(Settings.DOVEADM, settings.work().processes().user());
    ProcessIdentity.takeGroup((int) server.gid()); // what is made here the server can open
    Backends backends = new Backends(MemoryBudget.ofHeap().all());
    Supervisor supervisor =
        new Supervisor(
            site(settings, backends),
            () -> site(FILE.readAgain(settings.file()), backends),
            servers);
    supervisor.start(new WorkerProgram(WorkerJvm.installed()));
    LOG.info(
        "{}: listens at {} for {}",
        Version.of(PROGRAM.name()),
        settings.work().baseDir().resolve(SupervisorRequest.SOCKET),
        settings.work().processes().user());
    Readiness readiness = Readiness.ofProcess();
    readiness.ready("Listens for " + settings.work().processes().user());
    CountDownLatch never = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  LOG.info("Stopping");
                  readiness.stopping(settings.shutdownTimeout());
                  supervisor.stop(settings.shutdownTimeout());
                  backends.close();
                },
                "stop"));
    try {
      never.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Supervisor.Site site(Settings settings, Backends backends) throws Failure {
    Backends.Opened opened = backends.open(settings);
    return new Supervisor.Site(settings, opened.userdb(), opened::close);
  }

  /** Who the server of a service runs as. */
  private static NameService.PasswdEntry server(String service, String user) throws Failure {
    if (!System.getProperty("user.name").equals("root")) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "must be started as root; worker processes become the users whose mail it is");
    }
    return NameService.find(user)
        .filter(found -> found.uid() != 0 && found.gid() != 0)
        .orElseThrow(
            () ->
                new Failure(
                    Outcome.CONFIGURATION_ERROR,
                    "the system has no user "
                        + user
                        + " for doveadm-sshd to run as (service "
                        + service
                        + " { user }); make one:"
                        + " useradd --system "
                        + user));
  }
}
