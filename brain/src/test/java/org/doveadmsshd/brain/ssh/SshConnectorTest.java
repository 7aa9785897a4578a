package org.doveadmsshd.brain.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelListener;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.subsystem.SubsystemFactory;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.remote.LaneTransport;
import org.doveadmsshd.keys.KeyFile;
import org.doveadmsshd.keys.KnownHosts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Lanes over SSH to a server whose subsystem says what it is told. */
@Timeout(120)
class SshConnectorTest {
  private static final String HOST = "127.0.0.1";

  private final SshServer server = SshServer.setUpDefaultServer();
  private final AtomicInteger logins = new AtomicInteger();
  private final List<Map<KexProposalOption, String>> offered = new CopyOnWriteArrayList<>();
  private final AtomicLong window = new AtomicLong();

  /** How many lanes each connection has had. */
  private final Map<Session, Integer> lanes = new ConcurrentHashMap<>();

  private KnownHosts knownHosts;
  private SshConnections connections;
  private PublicKey hostKey;

  /** Whether the server ends each connection before anybody logs in. */
  private volatile boolean hangsUp;

  private Path identity;

  @TempDir Path directory;

  @BeforeEach
  void start() throws Exception {
    identity = directory.resolve("key");
    KeyFile.create(identity, "test");
    PublicKey accepted = KeyFile.read(identity).getPublic();
    java.security.KeyPair host = KeyFile.readOrCreate(directory.resolve("host"), "host");
    hostKey = host.getPublic();
    server.setHost(HOST);
    server.setKeyPairProvider(KeyPairProvider.wrap(host));
    server.setPublickeyAuthenticator(
        (user, key, session) -> user.equals("admin") && KeyUtils.compareKeys(key, accepted));
    server.setSubsystemFactories(List.of(new Echoes()));
    server.addSessionListener(
        new SessionListener() {
          @Override
          public void sessionEvent(Session session, Event event) {
            logins.addAndGet(event == Event.Authenticated ? 1 : 0);
            if (event == Event.KeyEstablished && hangsUp) {
              session.close(true);
            }
          }

          @Override
          public void sessionNegotiationStart(
              Session session,
              Map<KexProposalOption, String> clients,
              Map<KexProposalOption, String> ours) {
            offered.add(new EnumMap<>(clients));
          }
        });
    server.start();
    knownHosts = new KnownHosts(directory.resolve("known_hosts"));
    connections = new SshConnections(knownHosts);
  }

  @AfterEach
  void stop() throws IOException {
    connections.close();
    server.close(true);
  }

  /** The subsystem of the brain's lanes. */
  private final class Echoes implements SubsystemFactory {
    @Override
    public String getName() {
      return "doveadm";
    }

    @Override
    public Command createSubsystem(ChannelSession channel) {
      window.set(channel.getRemoteWindow().getSize());
      lanes.merge(channel.getSession(), 1, Integer::sum);
      return new Echo();
    }
  }

  /** Sends back what it reads, until there is no more. */
  private static final class Echo implements Command {
    private InputStream in;
    private OutputStream out;
    private ExitCallback callback;

    @Override
    public void setInputStream(InputStream in) {
      this.in = in;
    }

    @Override
    public void setOutputStream(OutputStream out) {
      this.out = out;
    }

    @Override
    public void setErrorStream(OutputStream err) {}

    @Override
    public void setExitCallback(ExitCallback callback) {
      this.callback = callback;
    }

    @Override
    public void start(ChannelSession channel, Environment env) {
      new Thread(this::echo).start();
    }

    private void echo() {
      try {
        for (int c; (c = in.read()) >= 0; ) {
          out.write(c);
          out.flush();
        }
      } catch (IOException e) {
        // the client has gone
      }
      callback.onExit(0);
    }

    @Override
    public void destroy(ChannelSession channel) {}
  }

  /** The server notices a while later that a client has gone. */
  private void expectNoConnection() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!server.getActiveSessions().isEmpty()) {
      assertThat(System.nanoTime()).as("there is still a connection").isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private InetSocketAddress address() {
    return new InetSocketAddress(HOST, server.getPort());
  }

  private SshConnector connector(String user, Path key) {
    return new SshConnector(
        connections, new SshConnector.Address("mx1", HOST, server.getPort(), user, key));
  }

  private static String echo(LaneTransport lane, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    lane.out().write(bytes);
    lane.out().flush();
    return new String(lane.in().readNBytes(bytes.length), StandardCharsets.US_ASCII);
  }

  private static void expectRefusal(SshConnector connector, Outcome outcome, String... words) {
    assertThatThrownBy(connector::open)
        .hasMessageStartingWith("Server mx1: ")
        .hasMessageContainingAll(words)
        .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.outcome()).isEqualTo(outcome));
  }

  @Test
  void lanesAreChannelsOfOneConnection() throws Exception {
    knownHosts.add(address(), hostKey);
    SshConnector connector = connector("admin", identity);
    try (LaneTransport one = connector.open();
        LaneTransport other = connector.open()) {
      assertThat(echo(one, "abc")).isEqualTo("abc");
      assertThat(echo(other, "de")).isEqualTo("de");
      one.close();
      assertThat(echo(other, "f")).isEqualTo("f");
      other.finish();
      assertThat(other.in().read()).isEqualTo(-1);
    }
    assertThat(logins).hasValue(1);
  }

  private SshConnector connector(int count) {
    SshConnector.Address address =
        new SshConnector.Address("mx1", HOST, server.getPort(), "admin", identity);
    return new SshConnector(connections, address, count);
  }

  /** Opens lanes, all at once. */
  private static List<LaneTransport> open(SshConnector connector, int count) {
    List<CompletableFuture<LaneTransport>> opening = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      opening.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return connector.open();
                } catch (Failure | IOException e) {
                  throw new CompletionException(e);
                }
              },
              task -> new Thread(task).start()));
    }
    return opening.stream().map(CompletableFuture::join).toList();
  }

  @Test
  void lanesAreSpreadOverSeveralConnections() throws Exception {
    knownHosts.add(address(), hostKey);
    for (LaneTransport lane : open(connector(3), 7)) {
      assertThat(echo(lane, "abc")).isEqualTo("abc");
    }
    assertThat(logins).hasValue(3);
    assertThat(lanes.values()).containsExactlyInAnyOrder(2, 2, 3);
  }

  @Test
  void noMoreConnectionsAreMadeThanThereAreLanes() throws Exception {
    knownHosts.add(address(), hostKey);
    SshConnector connector = connector(3);
    assertThat(open(connector, 2)).hasSize(2);
    assertThat(logins).hasValue(2);
  }

  @Test
  void aConnectionThatIsLostEndsItsOwnLanesOnlyAndComesBackForTheNextOnes() throws Exception {
    knownHosts.add(address(), hostKey);
    SshConnector connector = connector(2);
    List<LaneTransport> before = open(connector, 4);
    for (LaneTransport lane : before) {
      assertThat(echo(lane, "a")).isEqualTo("a");
    }
    Session lost = lanes.keySet().iterator().next();
    lost.close(true);
    int ended = 0;
    for (LaneTransport lane : before) {
      ended += isEchoed(lane) ? 0 : 1;
    }
    assertThat(ended).as("lanes of one connection").isEqualTo(2);
    assertThat(connector.isUsable()).isTrue();
    lanes.clear();
    for (LaneTransport lane : open(connector, 2)) {
      assertThat(echo(lane, "b")).isEqualTo("b");
    }
    assertThat(logins).as("two, and one more").hasValue(3);
    assertThat(lanes).doesNotContainKey(lost);
  }

  private static boolean isEchoed(LaneTransport lane) {
    try {
      return echo(lane, "a").equals("a");
    } catch (IOException e) {
      return false; // its connection was lost
    }
  }

  @Test
  void theWayToAServerIsNoLongerThanItTakesToOpenALane() throws Exception {
    knownHosts.add(address(), hostKey);
    SshConnector connector = connector("admin", identity);
    connector.open().close();
    long begun = System.nanoTime();
    try (LaneTransport lane = connector.open()) {
      long micros = (System.nanoTime() - begun) / 1000;
      assertThat(lane.roundTripMicros()).isPositive().isLessThanOrEqualTo(micros);
    }
  }

  @Test
  void aServerThatFreezesWhileALaneIsOpenedIsSaidNotToAnswer() throws Exception {
    knownHosts.add(address(), hostKey);
    connections.close();
    connections = new SshConnections(knownHosts, Duration.ofSeconds(60), Duration.ofSeconds(2));
    CountDownLatch thaws = new CountDownLatch(1);
    server.addChannelListener(
        new ChannelListener() {
          @Override
          public void channelInitialized(Channel channel) {
            try {
              thaws.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        });
    try {
      assertThatThrownBy(connector("admin", identity)::open)
          .isInstanceOf(IOException.class)
          .hasMessage("it does not answer any more");
    } finally {
      thaws.countDown();
    }
  }

  @Test
  void lanesEndWithTheConnections() throws Exception {
    knownHosts.add(address(), hostKey);
    LaneTransport lane = connector("admin", identity).open();
    assertThat(echo(lane, "abc")).isEqualTo("abc");
    connections.close();
    assertThat(lane.in().read()).isEqualTo(-1);
    expectNoConnection();
  }

  @Test
  void aHostThatIsNotKnownIsSentNothingAndItsFingerprintIsShown() {
    expectRefusal(
        connector("admin", identity),
        Outcome.NO_PERMISSION,
        "is not known: it is " + KeyUtils.getFingerPrint(hostKey));
    assertThat(logins).hasValue(0);
  }

  @Test
  void aHostWithAnotherKeyThanBeforeIsSentNothing() throws Exception {
    KeyFile.create(directory.resolve("other"), "other");
    knownHosts.add(address(), KeyFile.read(directory.resolve("other")).getPublic());
    expectRefusal(connector("admin", identity), Outcome.NO_PERMISSION, "HAS CHANGED");
    assertThat(logins).hasValue(0);
  }

  @Test
  void aKeyThatTheServerDoesNotKnowIsNamedAsTheReason() throws Exception {
    knownHosts.add(address(), hostKey);
    String words = HOST + ":" + server.getPort() + " does not accept the key for guest";
    expectRefusal(connector("guest", identity), Outcome.NO_PERMISSION, words);
    expectNoConnection();
  }

  @Test
  void aServerThatHangsUpBeforeTheLoginHasNotRefusedTheKey() throws Exception {
    knownHosts.add(address(), hostKey);
    hangsUp = true;
    String words = "Cannot log in at " + HOST + ":" + server.getPort();
    expectRefusal(connector("admin", identity), Outcome.UNREACHABLE, words);
  }

  @Test
  void aKeyFileThatCannotBeUsedIsNamed() throws Exception {
    knownHosts.add(address(), hostKey);
    Path missing = directory.resolve("missing");
    expectRefusal(
        connector("admin", missing),
        Outcome.CONFIGURATION_ERROR,
        "Key " + missing + " cannot be used");
    expectNoConnection();
  }

  @Test
  void aConnectionThatWasRefusedIsNotTriedForEachLane() throws Exception {
    SshConnector connector = connector("admin", identity);
    expectRefusal(connector, Outcome.NO_PERMISSION, "is not known");
    knownHosts.add(address(), hostKey);
    expectRefusal(connector, Outcome.NO_PERMISSION, "is not known");
  }

  @Test
  void whereNobodyListensThatIsSaid() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }
    SshConnector connector =
        new SshConnector(
            connections, new SshConnector.Address("mx1", HOST, port, "admin", identity));
    expectRefusal(connector, Outcome.UNREACHABLE, "Cannot connect to " + HOST + ":" + port);
    assertThatThrownBy(() -> SshConnections.hostKey(HOST, port))
        .isInstanceOf(Failure.class)
        .hasMessageStartingWith("No host key from " + HOST + ":" + port);
  }

  @Test
  void theHostKeyCanBeAskedForWithoutALogin() throws Exception {
    PublicKey shown = SshConnections.hostKey(HOST, server.getPort());
    assertThat(KeyUtils.compareKeys(shown, hostKey)).isTrue();
    assertThat(logins).hasValue(0);
    expectNoConnection();
  }

  @Test
  void whoHangsUpHasShownNoHostKey() throws Exception {
    try (ServerSocket silent = new ServerSocket(0)) {
      int port = silent.getLocalPort();
      CompletableFuture<Void> hungUp = CompletableFuture.runAsync(() -> hangUp(silent));
      assertThatThrownBy(() -> SshConnections.hostKey(HOST, port))
          .isInstanceOf(Failure.class)
          .hasMessageStartingWith("No host key from " + HOST + ":" + port);
      hungUp.join();
    }
  }

  private static void hangUp(ServerSocket server) {
    try {
      server.accept().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void expectModernAlgorithms() {
    Map<KexProposalOption, String> offer = offered.get(offered.size() - 1);
    for (KexProposalOption cipher : KexProposalOption.CIPHER_PROPOSALS) {
      assertThat(offer.get(cipher)).isEqualTo("aes128-gcm@openssh.com,aes256-gcm@openssh.com");
    }
    for (KexProposalOption mac : KexProposalOption.MAC_PROPOSALS) {
      assertThat(offer.get(mac))
          .isEqualTo("hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com");
    }
    for (KexProposalOption compression : KexProposalOption.COMPRESSION_PROPOSALS) {
      assertThat(offer.get(compression)).isEqualTo("none");
    }
    assertThat(offer.get(KexProposalOption.SERVERKEYS).split(","))
        .contains("ssh-ed25519", "rsa-sha2-512")
        .doesNotContain("ssh-rsa", "ssh-dss");
  }

  @Test
  void onlyAlgorithmsOfTodayAreOffered() throws Exception {
    knownHosts.add(address(), hostKey);
    connector("admin", identity).open().close();
    expectModernAlgorithms();
    Map<KexProposalOption, String> offer = offered.get(offered.size() - 1);
    assertThat(offer.get(KexProposalOption.ALGORITHMS))
        .contains("curve25519-sha256")
        .doesNotContain("sha1", "nistp", "group");
    assertThat(offer.get(KexProposalOption.SERVERKEYS))
        .as("certificates of hosts")
        .contains("ssh-ed25519-cert-v01@openssh.com");
  }

  @Test
  void aHostIsAskedForItsPlainKeyThoughItMayHaveACertificate() throws Exception {
    SshConnections.hostKey(HOST, server.getPort());
    expectModernAlgorithms();
    assertThat(offered.get(offered.size() - 1).get(KexProposalOption.SERVERKEYS))
        .doesNotContain("cert");
  }

  @Test
  void aLaneHasAWindowForAMegabyteOfAnswers() throws Exception {
    knownHosts.add(address(), hostKey);
    try (LaneTransport lane = connector("admin", identity).open()) {
      assertThat(echo(lane, "x")).isEqualTo("x");
      assertThat(window).hasValue(1024 * 1024);
    }
  }

  @Test
  void oneServerUnderTwoNamesIsNotConnectedToTwice() throws Exception {
    knownHosts.add(InetSocketAddress.createUnresolved(HOST, server.getPort()), hostKey);
    knownHosts.add(InetSocketAddress.createUnresolved("localhost", server.getPort()), hostKey);
    SshConnector.Address address =
        new SshConnector.Address("two", "localhost", server.getPort(), "admin", identity);
    try (SshConnector one = connector("admin", identity);
        SshConnector again = connector("admin", identity);
        SshConnector two = new SshConnector(connections, address)) {
      one.open().close();
      again.open().close();
      assertThatThrownBy(two::open)
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.CONFIGURATION_ERROR))
          .hasMessageContaining(
              "localhost:%d has the host key of 127.0.0.1:%1$d".formatted(server.getPort()));
    }
  }
}
