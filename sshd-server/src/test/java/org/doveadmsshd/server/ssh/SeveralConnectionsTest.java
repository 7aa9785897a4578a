package org.doveadmsshd.server.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.brain.About;
import org.doveadmsshd.brain.Brain;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.FixedResources;
import org.doveadmsshd.brain.Server;
import org.doveadmsshd.brain.remote.LaneTransport;
import org.doveadmsshd.brain.remote.RemoteServer;
import org.doveadmsshd.brain.ssh.SshConnections;
import org.doveadmsshd.brain.ssh.SshConnector;
import org.doveadmsshd.keys.KeyFile;
import org.doveadmsshd.keys.KnownHosts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A brain whose lanes are on several connections ({@code connections}), and limits of the server.
 */
@Timeout(60)
class SeveralConnectionsTest {
  @TempDir Path directory;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();
  private MemorySite site;
  private SshConnections connections;

  private SshConnector connector(int count, Consumer<MemorySite.Plan> plan) throws Exception {
    site = new MemorySite(plan);
    Path identity = directory.resolve("key");
    site.authorize("admin", "", KeyFile.readOrCreate(identity, "test"));
    KnownHosts known = new KnownHosts(directory.resolve("known_hosts"));
    known.add(new InetSocketAddress("127.0.0.1", site.port()), MemorySite.HOST.getPublic());
    connections = new SshConnections(known);
    SshConnector.Address address =
        new SshConnector.Address("mx1", "127.0.0.1", site.port(), "admin", identity);
    return new SshConnector(connections, address, count);
  }

  @AfterEach
  void stop() throws IOException {
    connections.close();
    site.close();
    threads.shutdownNow();
  }

  /** Searches for two users, each of them a hundred times. */
  private int search(SshConnector connector, int lanes) throws IOException {
    Server server = new RemoteServer("mx1", connector, List.of(UserMask.ALL), lanes, threads);
    byte[] names = "joe\njane\n".repeat(100).getBytes(StandardCharsets.UTF_8);
    Console console =
        new Console(new ByteArrayInputStream(names), out, error, false, Console.DEFAULT_WIDTH);
    return new Brain(threads, Clock.systemUTC(), new About("doveadm-ssh"))
        .run(
            List.of("search", "-F", "-", "all"),
            console,
            new FixedResources(List.of(server), new MemoryBudget(16 * 1024 * 1024).all()),
            run -> {});
  }

  private String said() {
    return error.toString(StandardCharsets.UTF_8);
  }

  private List<String> rows() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void aRunUsesAllOfThem() throws Exception {
    SshConnector connector = connector(3, plan -> {});
    site.work.hold("joe");
    site.work.hold("jane");
    threads.submit(
        () -> {
          Await.until("all lanes work", () -> site.sessions.activeSessions().size() == 4);
          site.work.release("joe");
          site.work.release("jane");
          return null;
        });
    assertThat(search(connector, 4)).as(said()).isZero();
    assertThat(rows()).hasSize(300);
  }

  @Test
  void aServerThatHasTooManyConnectionsSaysSo() throws Exception {
    SshConnector connector = connector(2, plan -> plan.connections = 1);
    try (LaneTransport first = connector.open()) {
      assertThatThrownBy(connector::open)
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.UNREACHABLE))
          .hasMessageStartingWith("Server mx1: Cannot ")
          .hasMessageEndingWith("127.0.0.1:" + site.port() + ": it says: Too many connections");
      assertThat(first.whyLost()).isEmpty();
    }
  }

  @Test
  void aRunGoesOnWithTheConnectionsThatTheServerTakes() throws Exception {
    SshConnector connector = connector(2, plan -> plan.connections = 1);
    assertThat(search(connector, 4)).as(said()).isZero();
    assertThat(rows()).hasSize(300);
  }

  @Test
  void aServerThatHasTooManyLanesOnAConnectionSaysSo() throws Exception {
    SshConnector connector = connector(2, plan -> plan.channels = 1);
    try (LaneTransport first = connector.open();
        LaneTransport second = connector.open()) {
      assertThatThrownBy(connector::open)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("At most 1 channels on a connection");
      assertThat(first.whyLost()).isEmpty();
      assertThat(second.whyLost()).isEmpty();
    }
  }
}
