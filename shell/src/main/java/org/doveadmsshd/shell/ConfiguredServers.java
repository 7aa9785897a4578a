package org.doveadmsshd.shell;

import java.io.Closeable;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.doveadmsshd.auth.sasl.SaslClient;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.brain.Server;
import org.doveadmsshd.brain.placement.Placement;
import org.doveadmsshd.brain.remote.Connector;
import org.doveadmsshd.brain.remote.RemoteServer;
import org.doveadmsshd.brain.remote.Tolerance;
import org.doveadmsshd.brain.socket.SocketConnector;
import org.doveadmsshd.brain.ssh.SshConnections;
import org.doveadmsshd.brain.ssh.SshConnector;
import org.doveadmsshd.keys.KnownHosts;
import org.doveadmsshd.keys.SecretFile;
import org.doveadmsshd.settings.Settings;

/**
 * The servers of the configuration. Each is connected to when a command needs it, and stays
 * connected for those that follow. Safe for several threads.
 */
final class ConfiguredServers implements Closeable {
  private final Words words;
  private final Executor executor;

  // guarded by this
  private Settings settings;
  private Failure unreadable;
  private Placement placement;
  private ConfiguredPlacement opened;
  private SshConnections connections;
  private ScheduledExecutorService timer;
  private ServerStates states;
  private final Map<String, SshConnector> connectors = new HashMap<>();

  /**
   * @param words options of the program
   */
  ConfiguredServers(Words words, Executor executor) {
    this.words = words;
    this.executor = executor;
  }

  /** The configuration, read when it is first wanted; what is wrong with it is said once. */
  synchronized Settings settings() throws Failure {
    if (unreadable != null) {
      throw unreadable;
    }
    if (settings == null) {
      try {
        Settings read = ConfigurationFile.read(words);
        checkKeys(read.client());
        settings = read;
      } catch (Failure e) {
        unreadable = e;
        throw e;
      }
    }
    return settings;
  }

  /** Which of them are to be used. */
  synchronized ServerStates states() throws Failure {
    if (states == null) {
      states = new ServerStates(StateDirectory.of(settings()));
    }
    return states;
  }

  /** The names of all that the configuration has, also of those that the options leave out. */
  List<String> allNames() throws Failure {
    return settings().client().servers().stream().map(Settings.ServerSettings::name).toList();
  }

  /** How many lanes a run may have on a server of the configuration. */
  int lanes(String name) throws Failure {
    return configured().stream()
        .filter(server -> server.name().equals(name))
        .mapToInt(Settings.ServerSettings::lanes)
        .sum();
  }

  /** Users of a server that has two names would be worked on twice. */
  private static void checkKeys(Settings.ClientSettings client) throws Failure {
    Map<InetSocketAddress, String> names = new LinkedHashMap<>();
    client.servers().stream()
        .filter(server -> server.socket().isEmpty())
        .forEach(
            server ->
                names.put(
                    InetSocketAddress.createUnresolved(server.host(), server.port()),
                    server.name()));
    Optional<KnownHosts.Twins> twins =
        new KnownHosts(client.knownHosts()).twins(List.copyOf(names.keySet()));
    if (twins.isPresent()) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "Servers %s and %s have one host key, %s in %s: they are one server under two names"
              .formatted(
                  names.get(twins.get().one()),
                  names.get(twins.get().other()),
                  twins.get().fingerprint(),
                  client.knownHosts()));
    }
  }

  /**
   * Who is where, as the configuration has it; made when it is first wanted.
   *
   * @param memory draws what is kept for it
   */
  synchronized Placement placement(MemoryBudget.Share memory) throws Failure {
    if (placement == null) {
      Settings.ClientSettings client = settings().client();
      ServerStates now = states();
      ConfiguredPlacement opening =
          new ConfiguredPlacement(client.servers(), name -> now.of(name).takesUsers(), memory);
      placement = client.placement().accept(opening);
      opened = opening;
    }
    return placement;
  }

  /** The names of all that the program may work on. */
  List<String> names() throws Failure {
    return configured().stream().map(Settings.ServerSettings::name).toList();
  }

  /**
   * Those of some names.
   *
   * @param names all when there are none
   * @throws Failure also when it cannot be known which of them are to be used
   */
  synchronized List<Server> named(List<String> names) throws Failure {
    states().all();
    List<Server> servers = new ArrayList<>();
    for (Settings.ServerSettings server : configured()) {
      if (names.isEmpty() || names.contains(server.name())) {
        servers.add(server(server));
      }
    }
    return servers;
  }

  private List<Settings.ServerSettings> configured() throws Failure {
    List<Settings.ServerSettings> servers =
        settings().client().servers().stream()
            .filter(server -> words.value("server").orElse(server.name()).equals(server.name()))
            .toList();
    if (servers.isEmpty()) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "The configuration has no server" + words.value("server").map(n -> " " + n).orElse(""));
    }
    return servers;
  }

  private Server server(Settings.ServerSettings server) throws Failure {
    Settings.ReachSettings reach = settings().client().reach();
    RemoteServer remote =
        new RemoteServer(
            server.name(),
            connector(server),
            server.users().stream().map(UserMask::new).toList(),
            server.lanes(),
            executor,
            new Tolerance(reach.silence(), reach.absence()));
    remote.setMaxRate(server.maxRate());
    ServerStates known = states();
    remote.setState(() -> known.of(server.name()));
    return remote;
  }

  private Connector connector(Settings.ServerSettings server) throws Failure {
    if (server.socket().isPresent()) {
      return new SocketConnector(
          server.name(),
          server.socket().get(),
          () -> authentication(server),
          timer(),
          settings().client().reach().silence());
    }
    SshConnector known = connectors.get(server.name());
    if (known != null && known.isUsable()) {
      return known;
    }
    if (known != null) {
      known.close();
    }
    if (connections == null) {
      Settings.ReachSettings reach = settings().client().reach();
      connections =
          new SshConnections(
              new KnownHosts(settings().client().knownHosts()), reach.connect(), reach.silence());
    }
    SshConnector connector =
        new SshConnector(
            connections,
            new SshConnector.Address(
                server.name(), server.host(), server.port(), server.user(), server.identity()),
            server.connections());
    connectors.put(server.name(), connector);
    return connector;
  }

  /** Called with the lock held. */
  private ScheduledExecutorService timer() {
    if (timer == null) {
      timer =
          Executors.newSingleThreadScheduledExecutor(
              work -> {
                Thread thread = new Thread(work, "socket-life");
                thread.setDaemon(true);
                return thread;
              });
    }
    return timer;
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

  @Override
  public synchronized void close() {
    if (connections != null) {
      connections.close();
    }
    if (timer != null) {
      timer.shutdownNow();
    }
    if (opened != null) {
      opened.close();
    }
  }
}
