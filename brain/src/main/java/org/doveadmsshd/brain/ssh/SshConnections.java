package org.doveadmsshd.brain.ssh;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.io.nio2.Nio2ServiceFactoryFactory;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.session.SessionHeartbeatController.HeartbeatType;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.keys.KeyFile;
import org.doveadmsshd.keys.KnownHosts;

/** The one SSH client of a process. Nothing in the user's own ssh configuration is looked at. */
public final class SshConnections implements Closeable {
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final Duration SILENCE = Duration.ofSeconds(30);
  private static final Duration STOP = Duration.ofSeconds(1);
  private static final long WINDOW = 1024 * 1024;
  private static final int REFUSAL_MILLIS = 1000;
  private static final int MOST_OF_REFUSAL = 255;

  private final SshClient client;
  private final KnownHosts knownHosts;
  private final Duration connect;
  private final Duration silence;

  /** Hosts by the fingerprints of their keys. */
  private final Map<String, String> owners = new ConcurrentHashMap<>();

  public SshConnections(KnownHosts knownHosts) {
    this(knownHosts, CONNECT, SILENCE);
  }

  /**
   * As above.
   *
   * @param connect how long a server may take until it has let us in
   * @param silence how long a server may say nothing from then on, though it is asked
   */
  public SshConnections(KnownHosts knownHosts, Duration connect, Duration silence) {
    this.knownHosts = knownHosts;
    this.connect = connect;
    this.silence = silence;
    client = ClientBuilder.builder().build(true);
    client.setIoServiceFactoryFactory(new Nio2ServiceFactoryFactory());
    client.setServerKeyVerifier(knownHosts);
    client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    client.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
    client.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);
    client.setKeyExchangeFactories(
        NamedFactory.setUpTransformedFactories(
            true,
            List.of(
                BuiltinDHFactories.mlkem768x25519,
                BuiltinDHFactories.curve25519,
                BuiltinDHFactories.curve25519_libssh,
                BuiltinDHFactories.sntrup761x25519_openssh),
            ClientBuilder.DH2KEX));
    Algorithms.set(client);
    client.setSessionHeartbeat(HeartbeatType.NONE, Duration.ZERO);
    client.setSessionFactory(new WatchedSession.Factory(client));
    CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ZERO);
    CoreModuleProperties.TCP_NODELAY.set(client, true);
    CoreModuleProperties.SOCKET_KEEPALIVE.set(client, true);
    CoreModuleProperties.WINDOW_SIZE.set(client, WINDOW);
    CoreModuleProperties.STOP_WAIT_TIME.set(client, STOP);
    CoreModuleProperties.WAIT_FOR_SPACE_TIMEOUT.set(client, Duration.ofDays(1));
    client.start();
  }

  /** How long a server may say nothing. */
  Duration silence() {
    return silence;
  }

  /**
   * Opens a connection and logs in with a key.
   *
   * @throws Failure in words that help an administrator; UNREACHABLE when trying again may help
   */
  WatchedSession connect(String host, int port, String user, Path identity) throws Failure {
    String name = host + ":" + port;
    long end = System.nanoTime() + connect.toNanos();
    ClientSession session;
    try {
      session =
          client
              .connect(user, host, port)
              .verify(connect.toMillis(), TimeUnit.MILLISECONDS)
              .getSession();
    } catch (IOException e) {
      String why = refusal(host, port).orElse(reason(e));
      throw unreachable("Cannot connect to " + name + ": " + why, e);
    }
    try {
      session.addPublicKeyIdentity(KeyFile.read(identity));
      session.auth().verify(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      checkThatItIsNoTwin(session, name);
    } catch (Failure e) {
      session.close(true);
      throw e;
    } catch (IOException e) {
      session.close(true);
      throw refused(name, host, port, user, e);
    }
    WatchedSession watched = (WatchedSession) session;
    watched.watch(silence);
    return watched;
  }

  private static Failure unreachable(String text, Throwable cause) {
    return new Failure(Outcome.UNREACHABLE, text, cause);
  }

  /**
   * Servers that prove themselves by certificates need not have their keys among the known hosts:
   * so they are compared when they are connected to.
   */
  private void checkThatItIsNoTwin(ClientSession session, String name) throws Failure {
    PublicKey shown = session.getServerKey();
    PublicKey key =
        shown instanceof OpenSshCertificate ? ((OpenSshCertificate) shown).getCertPubKey() : shown;
    String owner = owners.putIfAbsent(KeyUtils.getFingerPrint(key), name);
    if (owner != null && !owner.equals(name)) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          name + " has the host key of " + owner + ": they are one server under two names");
    }
  }

  /**
   * Asks a server for its host key, and nothing else; whether it is known does not matter.
   *
   * @throws Failure when nothing answers there, or no SSH server does
   */
  public static PublicKey hostKey(String host, int port) throws Failure {
    SshClient client = ClientBuilder.builder().build(true);
    CompletableFuture<PublicKey> shown = new CompletableFuture<>();
    client.setServerKeyVerifier(
        (session, address, key) -> {
          shown.complete(key);
          return false;
        });
    client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    Algorithms.set(client);
    client.setSignatureFactories(Algorithms.withoutCertificates());
    client.start();
    try (ClientSession session =
        client
            .connect("", host, port)
            .verify(CONNECT.toMillis(), TimeUnit.MILLISECONDS)
            .getSession()) {
      session.addCloseFutureListener(
          closed -> shown.completeExceptionally(new IOException("it has closed the connection")));
      return shown.get(CONNECT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (IOException | ExecutionException | TimeoutException e) {
      throw Failure.temporary("No host key from " + host + ":" + port + ": " + reason(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.temporary("Stopped", e);
    } finally {
      client.stop();
    }
  }

  private Failure refused(String name, String host, int port, String user, IOException e) {
    String refusal = knownHosts.refusal(new InetSocketAddress(host, port));
    if (refusal != null) {
      return new Failure(Outcome.NO_PERMISSION, refusal, e);
    }
    boolean denied =
        e instanceof SshException && String.valueOf(e.getMessage()).contains("authentication");
    if (denied) {
      return new Failure(
          Outcome.NO_PERMISSION,
          name + " does not accept the key for " + user + "; is it in the authorized keys there?",
          e);
    }
    String why = refusal(host, port).orElse(reason(e));
    return unreachable("Cannot log in at " + name + ": " + why, e);
  }

  /**
   * What a server says that refuses connections: a line instead of its version. A session may be
   * over before it has read that, so a plain connection asks once more.
   *
   * @return nothing where it says its version, or nothing in time
   */
  private static Optional<String> refusal(String host, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), REFUSAL_MILLIS);
      socket.setSoTimeout(REFUSAL_MILLIS);
      byte[] bytes = new byte[MOST_OF_REFUSAL];
      int length = socket.getInputStream().read(bytes); // a line in one piece, or it does not count
      String line = new String(bytes, 0, Math.max(0, length), StandardCharsets.UTF_8);
      return line.lines()
          .findFirst()
          .filter(said -> !said.isBlank() && !said.startsWith("SSH-"))
          .map(said -> "it says: " + Printable.line(said.strip()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static String reason(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return Reason.of(root);
  }

  @Override
  public void close() {
    client.stop();
  }
}
