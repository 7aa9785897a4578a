package org.doveadmsshd.supervisor;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import jdk.net.ExtendedSocketOptions;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Current;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.base.UserName;
import org.doveadmsshd.posix.ListeningSocket;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.supervision.Identity;
import org.doveadmsshd.supervision.Resource;
import org.doveadmsshd.supervision.SupervisorRequest;
import org.doveadmsshd.supervision.WorkerSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of a running supervisor: a socket, the processes, and the mail users. */
public final class Supervisor {
  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
  private static final int MAX_CONNECTIONS = 512;
  private static final int WRITABLE_BY_OTHERS = 022;
  private static final int STICKY = 01000;

  private final Configuration configuration;
  private final Map<String, Integer> servers;
  private final Path directory;
  private final AtomicInteger connections = new AtomicInteger();

  /** Says WAIT on connections that wait for an answer. */
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          1,
          work -> {
            Thread thread = new Thread(work, "waiting");
            thread.setDaemon(true);
            return thread;
          });

  private final Current<Site> current = new Current<>();
  private Services services;
  private ListeningSocket socket;

  /**
   * What is in force.
   *
   * @param userdb the mail users
   * @param close closes these; runs once they have been replaced and their last use has ended
   */
  public record Site(Settings settings, Userdb userdb, Runnable close) {}

  /** Where the configuration comes from. */
  @FunctionalInterface
  public interface Configuration {
    /**
     * Reads it anew.
     *
     * @throws Failure when it has mistakes; what was read before holds on
     */
    Site read() throws Failure;
  }

  /**
   * Nothing listens yet.
   *
   * @param servers by service, the uid that may connect to its workers
   */
  public Supervisor(Site site, Configuration configuration, Map<String, Integer> servers) {
    this.servers = Map.copyOf(servers);
    current.become(site, site.close());
    this.configuration = configuration;
    this.directory = site.settings().work().baseDir();
    timer.setRemoveOnCancelPolicy(true); // most wait for a moment only
  }

  private Settings settings() {
    try (Current.Use<Site> site = current.use()) {
      return site.value().settings();
    }
  }

  /** Begins to listen, and to start processes. */
  void start(WorkerPool.Starter program) throws Failure {
    checkDirectory();
    socket =
        ListeningSocket.open(
            directory.resolve(SupervisorRequest.SOCKET),
            PosixFilePermissions.fromString("rw-rw----"),
            "");
    makePools(program, workers()).start();
    Thread thread = new Thread(() -> socket.serve(this::serve), "accept");
    thread.setDaemon(true);
    thread.start();
  }

  /** Makes the pools; none of them has begun to start processes. */
  Services makePools(WorkerPool.Starter program, Path workers) {
    Map<String, WorkerPool> pools = new HashMap<>();
    policies(settings())
        .forEach(
            (service, policy) -> {
              Path sockets = workers.resolve(service + "." + ProcessHandle.current().pid());
              pools.put(service, new WorkerPool(program, sockets, policy));
            });
    services = new Services(pools);
    return services;
  }

  /** The directory where workers listen; what a supervisor before has left there goes. */
  private Path workers() throws Failure {
    Path workers = directory.resolve("workers");
    try {
      Files.createDirectories(workers);
      Files.setPosixFilePermissions(workers, PosixFilePermissions.fromString("rwxr-x---"));
      try (Stream<Path> left = Files.list(workers)) {
        for (Path each : (Iterable<Path>) left::iterator) {
          Files.delete(each);
        }
      }
      return workers;
    } catch (IOException e) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR, "Cannot make " + workers + ": " + Reason.of(e), e);
    }
  }

  /**
   * Root empties and fills this directory. So no other user may be able to put another one in its
   * place.
   */
  private void checkDirectory() throws Failure {
    try {
      Files.createDirectories(directory);
      for (Path each = directory.toRealPath(); each != null; each = each.getParent()) {
        checkOwner(each);
      }
    } catch (AccessDeniedException e) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "Cannot make " + directory + ": what it lies in does not belong to root",
          e);
    } catch (IOException e) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR, "Cannot make " + directory + ": " + Reason.of(e), e);
    }
  }

  private static void checkOwner(Path directory) throws Failure, IOException {
    int owner = (int) Files.getAttribute(directory, "unix:uid");
    int mode = (int) Files.getAttribute(directory, "unix:mode");
    boolean shared = (mode & WRITABLE_BY_OTHERS) != 0 && (mode & STICKY) == 0;
    if (owner != 0 || shared) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          directory + " must belong to root and be writable for nobody else: workers listen below");
    }
  }

  private Map<String, WorkerPool.Policy> policies(Settings settings) {
    Map<String, WorkerPool.Policy> policies = new HashMap<>();
    settings
        .work()
        .services()
        .forEach((service, processes) -> policies.put(service, policy(service, settings)));
    return policies;
  }

  private WorkerPool.Policy policy(String service, Settings settings) {
    Settings.ProcessSettings processes = settings.work().services().get(service);
    return new WorkerPool.Policy(
        processes,
        new WorkerSettings(
            servers.get(service),
            processes.umask(),
            processes.confine(),
            processes.lockStacks(),
            limits(processes.limits()),
            settings.mail().users(),
            settings.mail().lockTimeout(),
            settings.mail().cache(),
            compression(settings.mail().compression()),
            settings.mail().quota().quota(),
            settings.mail().quota().rules()));
  }

  private static WorkerSettings.Compression compression(Settings.CompressionSettings settings) {
    return new WorkerSettings.Compression(
        settings.method(), settings.level(), settings.inflateLimit());
  }

  private static Map<Resource, Long> limits(Settings.ResourceLimits limits) {
    Map<Resource, Long> set = new EnumMap<>(Resource.class);
    set.put(Resource.DATA, limits.memory());
    set.put(Resource.CORE, limits.core());
    set.put(Resource.NOFILE, (long) limits.openFiles());
    set.put(Resource.CPU, limits.cpuSeconds());
    set.put(Resource.FSIZE, limits.fileSize());
    set.entrySet().removeIf(each -> each.getKey() != Resource.CORE && each.getValue() == 0);
    return set;
  }

  private boolean admits(String peer) {
    boolean known = services.serve(peer);
    boolean room = connections.get() <= MAX_CONNECTIONS;
    if (!known || !room) {
      LOG.warn("A connection of {} is refused{}", peer, known ? ": there are too many" : "");
    }
    return known && room;
  }

  private void serve(SocketChannel channel) {
    Thread thread =
        new Thread(
            () -> {
              try (channel) {
                String peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
                if (admits(peer)) {
                  new ServerConnection(this, services, peer, channel, timer).serve();
                }
              } catch (IOException e) {
                LOG.info("A connection of the server broke off: {}", Reason.of(e));
              } finally {
                connections.decrementAndGet();
              }
            },
            "connection");
    thread.setDaemon(true);
    connections.incrementAndGet();
    boolean started = false;
    try {
      thread.start();
      started = true;
    } finally {
      if (!started) {
        connections.decrementAndGet();
      }
    }
  }

  /**
   * Looks a user up.
   *
   * @throws Failure when there is none, or the configuration does not let his mail be worked on
   */
  MailUser user(String name) throws Failure {
    UserName.check(name);
    try (Current.Use<Site> site = current.use()) {
      MailUser user =
          site.value()
              .userdb()
              .find(name)
              .orElseThrow(() -> new Failure(Outcome.NO_USER, "User doesn't exist: " + name));
      checkDirectory(user, site.value().settings());
      return user;
    }
  }

  private static void checkDirectory(MailUser user, Settings settings) throws Failure {
    List<Path> allowed = settings.work().isolation().mailDirs();
    if (!allowed.isEmpty() && user.proxyHost().isEmpty()) {
      for (Path each : settings.mail().users().trusted(user)) {
        Path directory = each.normalize();
        if (allowed.stream().noneMatch(directory::startsWith)) {
          throw new Failure(
              Outcome.CONFIGURATION_ERROR,
              "The mail of " + user.name() + " lies where it may not be (valid_mail_dirs)");
        }
      }
    }
  }

  /** The rights with which a user's mail is worked on. */
  Identity identity(MailUser user) throws Failure {
    Settings.IsolationSettings bounds = settings().work().isolation();
    return Identity.of(
        user, new Identity.ValidIds(bounds.firstUid(), bounds.lastUid(), bounds.firstGid()));
  }

  /** Reads the configuration anew; where it listens and for whom stays as it is. */
  synchronized void reload() throws Failure {
    Site next = configuration.read();
    current.become(next, next.close());
    services.use(policies(next.settings()));
    LOG.info("The configuration was read anew");
  }

  /** Stops: takes no more in, lets workers end for a while, ends them. */
  public void stop(Duration patience) {
    try {
      if (socket != null) {
        socket.close();
      }
      if (services != null) {
        services.stop(patience);
      }
    } catch (IOException e) {
      LOG.warn(
          "{} cannot be closed: {}", directory.resolve(SupervisorRequest.SOCKET), Reason.of(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
