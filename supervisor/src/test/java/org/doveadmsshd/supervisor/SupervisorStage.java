package org.doveadmsshd.supervisor;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.ChannelStreams;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.supervision.LineChannel;

/** A supervisor with scripted children and users in memory, and servers that talk to it. */
final class SupervisorStage implements AutoCloseable {
  /** Jane and jim have one uid, joe and ann others; low has one of the system's, none has none. */
  private static final Userdb USERS =
      new Userdb() {
        private final Map<String, MailUser> users =
            Map.of(
                "jane", user("jane", 5001),
                "jim", user("jim", 5001),
                "joe", user("joe", 5002),
                "ann", user("ann", 5003),
                "low", user("low", 3),
                "none", new MailUser("none", Map.of("home", "/srv/none")));

        @Override
        public Optional<MailUser> find(String name) {
          return Optional.ofNullable(users.get(name));
        }

        @Override
        public boolean canList() {
          return false;
        }

        @Override
        public void forEach(Visitor visitor) {
          throw new AssertionError("nobody asks for all");
        }
      };

  private static MailUser user(String name, int uid) {
    return new MailUser(
        name, Map.of("uid", "" + uid, "gid", "" + uid, "home", "/srv/mail/" + name));
  }

  /** The user of the system who runs the server. */
  static final String SERVER = "doveadm";

  final ScriptedProgram program = new ScriptedProgram();
  private final Path directory;
  private final ServerSocketChannel listening;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final List<AutoCloseable> open = new ArrayList<>();
  private Supervisor supervisor;
  private Services services;
  private Settings next;

  SupervisorStage(Path directory) throws IOException {
    this.directory = directory;
    Files.writeString(directory.resolve("users"), "");
    listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listening.bind(UnixDomainSocketAddress.of(directory.resolve("s")));
  }

  /**
   * Settings with no processes ahead of need.
   *
   * @param top lines of the file
   * @param service lines of {@code service doveadm}
   */
  Settings settings(String top, String service) throws IOException {
    Path file = directory.resolve("sshd.conf");
    Files.writeString(
        file,
        "host_key = key\n%s\nuserdb {\n driver = passwd-file\n args = users\n}\n".formatted(top)
            + "service doveadm {\nprocess_min_avail = 0\n%s\n}\n"
                .formatted(service.replace(';', '\n')));
    try {
      return Settings.read(file, List.of());
    } catch (Settings.InvalidException e) {
      throw new IllegalArgumentException(e.problems().toString(), e);
    }
  }

  /** Begins with these lines of {@code service doveadm}, separated by semicolons. */
  SupervisorStage begin(String service) throws IOException {
    return begin(settings("", service));
  }

  SupervisorStage begin(Settings settings) {
    supervisor = supervisor(settings);
    services = supervisor.makePools(program, directory);
    services.start();
    return this;
  }

  /**
   * Begins with a further service, which has settings and children of its own.
   *
   * @param name of the further service
   * @param service its lines, separated by semicolons
   */
  SupervisorStage beginBeside(String name, ScriptedProgram others, String service)
      throws IOException, Failure {
    Supervisor other = supervisor(settings("", service));
    WorkerPool pool =
        other
            .makePools(others, Files.createDirectory(directory.resolve(name)))
            .pool(Settings.DOVEADM, "root");
    supervisor = supervisor(settings("", ""));
    WorkerPool usual = supervisor.makePools(program, directory).pool(Settings.DOVEADM, "root");
    services = new Services(Map.of(Settings.DOVEADM, usual, name, pool));
    services.start();
    return this;
  }

  private Supervisor supervisor(Settings settings) {
    return new Supervisor(
        new Supervisor.Site(settings, USERS, () -> {}),
        () -> new Supervisor.Site(reread(), USERS, () -> {}),
        Map.of(Settings.DOVEADM, 5000));
  }

  private Settings reread() throws Failure {
    if (next == null) {
      throw Failure.usage("the configuration has mistakes");
    }
    return next;
  }

  /** What a reload is to find from now on. */
  void rewrite(String service) throws IOException {
    next = settings("", service);
  }

  void stop(Duration patience) throws InterruptedException {
    services.stop(patience);
  }

  ServerEnd connect() throws IOException {
    return connect(SERVER);
  }

  /** A connection of a user of the system. */
  ServerEnd connect(String peer) throws IOException {
    SocketChannel mine = SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve("s")));
    SocketChannel theirs = listening.accept();
    open.add(mine);
    open.add(theirs);
    Thread thread =
        new Thread(
            () -> {
              try (theirs) {
                new ServerConnection(supervisor, services, peer, theirs, timer).serve();
              } catch (IOException e) {
                // broken off
              }
            },
            "connection");
    thread.setDaemon(true);
    thread.start();
    return new ServerEnd(mine);
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    if (services != null) {
      services.stop(Duration.ZERO);
    }
    timer.shutdownNow();
    listening.close();
  }

  /** What the supervisor's servers see of it. */
  static final class ServerEnd {
    private final SocketChannel channel;
    private final LineChannel lines;
    int waits;

    ServerEnd(SocketChannel channel) {
      this.channel = channel;
      lines = new LineChannel(ChannelStreams.in(channel), ChannelStreams.out(channel));
    }

    ServerEnd say(String... values) throws IOException {
      lines.send(values);
      return this;
    }

    void sayBytes(byte[] bytes) throws IOException {
      ChannelStreams.out(channel).write(bytes);
    }

    /** The next line that is not WAIT. */
    List<String> hear() throws IOException {
      while (true) {
        List<String> line = lines.receive();
        if (!line.equals(List.of("WAIT"))) {
          return line;
        }
        waits++;
      }
    }

    /** Asks for a worker of doveadm without haste. */
    List<String> worker(String... users) throws IOException {
      return worker("doveadm", 0, users);
    }

    List<String> worker(String service, long millis, String... users) throws IOException {
      List<String> request = new ArrayList<>(List.of("WORKER", service, Long.toString(millis)));
      request.addAll(List.of(users));
      return say(request.toArray(String[]::new)).hear();
    }

    /** Whether the supervisor closes the connection without another word. */
    boolean isClosed() {
      try {
        lines.receive();
        return false;
      } catch (IOException e) {
        return true;
      }
    }

    void close() throws IOException {
      channel.close();
    }
  }
}
