package org.doveadmsshd.server.ssh;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.apache.sshd.common.file.nonefs.NoneFileSystemFactory;
import org.apache.sshd.common.global.KeepAliveHandler;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.keyprovider.FileHostKeyCertificateProvider;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.SessionHeartbeatController.HeartbeatType;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.keyboard.UserAuthKeyboardInteractiveFactory;
import org.apache.sshd.server.auth.password.UserAuthPasswordFactory;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.apache.sshd.server.global.NoMoreSessionsHandler;
import org.apache.sshd.server.session.ServerSessionImpl;
import org.apache.sshd.server.session.SessionFactory;
import org.apache.sshd.server.shell.ShellFactory;
import org.apache.sshd.server.subsystem.SubsystemFactory;
import org.doveadmsshd.accounts.Masters;
import org.doveadmsshd.auth.EarlyDrop;
import org.doveadmsshd.auth.LoginDelays;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.keys.Grant;
import org.doveadmsshd.worker.audit.Audit;

/** The SSH server, set up so that it does what it is for and nothing else. */
public final class SshEndpoint {
  private static final Duration FOREVER = Duration.ofDays(7);
  private static final Duration ALIVE = Duration.ofSeconds(30);
  private static final long WINDOW = 256 * 1024;
  private static final long PACKET = 32 * 1024;

  /** The part of all clients' memory that one connection may have. */
  private static final double PART_OF_ONE = 0.5;

  /** Failures are counted by {@link LoginAttempts}; this is for questions about keys. */
  private static final int AUTH_REQUESTS = 100;

  private static final int BACKLOG = 512;
  private static final long REKEY_BYTES = 8L * 1024 * 1024 * 1024;

  private final DrainableServer server;
  private final HostKeyAnnouncement announcement;
  private final KeyAuthentication keyAuthentication;
  private final PasswordAuthentication passwordAuthentication;
  private final CoalescingSession.Traffic traffic = new CoalescingSession.Traffic();
  private ConnectionLimiter limiter;

  /**
   * Limits of connections.
   *
   * @param writeTimeout how long output may wait for a client that does not take it; zero for any
   *     time
   */
  public record ConnectionLimits(
      int connections,
      EarlyDrop beforeLogin,
      EarlyDrop beforeLoginPerAddress,
      int channels,
      Duration writeTimeout) {}

  /**
   * Rules of logins.
   *
   * @param timeout how long a login may take
   * @param failureDelay how late a wrong password is told
   * @param methods lists of methods that must all succeed, of which one list is enough, as in
   *     sshd_config(5); empty when any one method is
   */
  public record LoginRules(Duration timeout, Duration failureDelay, List<String> methods) {}

  /**
   * How master users log in.
   *
   * @param audit keeps account of logins by password
   */
  public record Logins(
      Masters masters, KeyAuthentication.KeySources keys, LoginRules rules, Audit audit) {}

  /**
   * @param memory draws what waits for connections
   */
  public SshEndpoint(
      Sessions sessions,
      HostIdentity identity,
      Logins logins,
      ConnectionLimits limits,
      MemoryBudget.Share memory) {
    server = (DrainableServer) ServerBuilder.builder().factory(DrainableServer::new).build(true);
    announcement = new HostKeyAnnouncement(identity.announced());
    identify(identity);
    setAlgorithms();
    keyAuthentication = new KeyAuthentication(logins.masters(), logins.keys());
    passwordAuthentication =
        new PasswordAuthentication(
            logins.masters(), new LoginDelays(logins.rules().failureDelay()), logins.audit());
    setAuthentication(keyAuthentication, passwordAuthentication, logins.rules().methods());
    setLimits(limits, logins.rules().timeout(), memory);
    offerNothingButSessions(limits);
    server.setCommandFactory((channel, line) -> new ExecCommand(sessions, channel, line));
    server.setShellFactory(new ShellChannels(sessions));
    server.setSubsystemFactories(
        List.of(new LaneFactory(sessions), NoFileTransfer.factory(sessions.executor())));
  }

  /**
   * By what the server is known.
   *
   * @param announced the key in use first, then those that clients are to know of
   * @param certificate of the key in use, if there is one
   */
  public record HostIdentity(List<KeyPair> announced, Optional<Path> certificate) {}

  /** Looks for the keys of others there from now on. */
  public void use(KeyAuthentication.KeySources keys) {
    keyAuthentication.use(keys);
  }

  /** Takes other keys of its own for connections from now on. */
  public void identify(HostIdentity identity) {
    server.setKeyPairProvider(KeyPairProvider.wrap(identity.announced().get(0)));
    server.setHostKeyCertificateProvider(
        identity.certificate().map(FileHostKeyCertificateProvider::new).orElse(null));
    announcement.announce(identity.announced());
  }

  /** What a client gets that asks for a shell. */
  private record ShellChannels(Sessions sessions) implements ShellFactory {
    /** Of a key that is for one command; another command is carried out instead of this one. */
    private static final String NOTHING_ASKED = "";

    @Override
    public Command createShell(ChannelSession channel) {
      boolean oneCommand =
          KeyAuthentication.grantOf(channel.getServerSession()).flatMap(Grant::command).isPresent();
      boolean terminal = channel.getEnvironment().getEnv().containsKey(Environment.ENV_TERM);
      if (oneCommand) {
        return new ExecCommand(sessions, channel, NOTHING_ASKED);
      }
      return terminal ? new ShellCommand(sessions, channel) : new ScriptCommand(sessions, channel);
    }
  }

  private record LaneFactory(Sessions sessions) implements SubsystemFactory {
    @Override
    public String getName() {
      return LaneCommand.NAME;
    }

    @Override
    public Command createSubsystem(ChannelSession channel) throws IOException {
      if (KeyAuthentication.grantOf(channel.getServerSession())
          .flatMap(Grant::command)
          .isPresent()) {
        throw new IOException("the key is for one command only");
      }
      return new LaneCommand(sessions, channel);
    }
  }

  private void setAlgorithms() {
    OfferedAlgorithms.set(server);
    server.addSessionListener(new MisfitClients());
    server.addSessionListener(new ConnectionFaults());
    CoreModuleProperties.REKEY_BYTES_LIMIT.set(server, REKEY_BYTES);
  }

  private void setAuthentication(
      KeyAuthentication keys, PasswordAuthentication passwords, List<String> methods) {
    server.setPublickeyAuthenticator(keys);
    server.setPasswordAuthenticator(passwords);
    server.setKeyboardInteractiveAuthenticator(passwords);
    server.addSessionListener(passwords);
    server.addChannelListener(announcement);
    server.setUserAuthFactories(
        List.of(
            keys, UserAuthPasswordFactory.INSTANCE, UserAuthKeyboardInteractiveFactory.INSTANCE));
    if (!methods.isEmpty()) {
      CoreModuleProperties.AUTH_METHODS.set(server, String.join(" ", methods));
    }
    CoreModuleProperties.MAX_AUTH_REQUESTS.set(server, AUTH_REQUESTS);
  }

  private void setLimits(
      ConnectionLimits limits, Duration loginTimeout, MemoryBudget.Share memory) {
    limiter =
        new ConnectionLimiter(
            limits.connections(),
            limits.beforeLogin(),
            limits.beforeLoginPerAddress(),
            new SecureRandom());
    CoalescingSession.Bounds bounds =
        new CoalescingSession.Bounds(
            memory,
            (long) (memory.most() * PART_OF_ONE),
            loginTimeout,
            limits.writeTimeout(),
            traffic);
    server.setIoServiceFactoryFactory(new CoalescingServiceFactoryFactory(limiter, bounds));
    server.addSessionListener(limiter);
    CoreModuleProperties.AUTH_TIMEOUT.set(server, loginTimeout);
    CoreModuleProperties.IDLE_TIMEOUT.set(server, Duration.ZERO);
    CoreModuleProperties.NIO2_READ_TIMEOUT.set(server, Duration.ZERO);
    CoreModuleProperties.WAIT_FOR_SPACE_TIMEOUT.set(server, FOREVER);
    CoreModuleProperties.CHANNEL_CLOSE_TIMEOUT.set(server, FOREVER);
    CoreModuleProperties.WINDOW_SIZE.set(server, WINDOW);
    CoreModuleProperties.MAX_PACKET_SIZE.set(server, PACKET);
    CoreModuleProperties.LIMIT_PACKET_SIZE.set(server, WINDOW);
    CoreModuleProperties.TCP_NODELAY.set(server, true);
    CoreModuleProperties.SOCKET_KEEPALIVE.set(server, true);
    CoreModuleProperties.SOCKET_BACKLOG.set(server, BACKLOG);
    CoreModuleProperties.SERVER_IDENTIFICATION.set(server, "doveadm-sshd");
    server.setSessionHeartbeat(HeartbeatType.IGNORE, ALIVE);
  }

  private void offerNothingButSessions(ConnectionLimits limits) {
    server.setServiceFactories(List.of(LoginAttempts.factory(), new ServingConnection.Factory()));
    server.setChannelFactories(List.of(new LimitedChannelFactory(limits.channels())));
    server.setGlobalRequestHandlers(
        List.of(new KeepAliveHandler(), new NoMoreSessionsHandler(), announcement));
    server.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);
    server.setFileSystemFactory(NoneFileSystemFactory.INSTANCE);
  }

  /**
   * Begins to accept connections.
   *
   * @param hosts addresses to listen on
   * @param port 0 for any that is free
   * @return the port
   */
  public int start(List<String> hosts, int port) throws IOException {
    server.setHost(String.join(",", hosts));
    server.setPort(port);
    server.start();
    return server.getBoundAddresses().stream()
        .map(address -> (InetSocketAddress) address)
        .mapToInt(InetSocketAddress::getPort)
        .findFirst()
        .orElse(port);
  }

  /**
   * Numbers of connections.
   *
   * @param open connections now
   * @param strangers those among them without a login
   * @param refused how many were too many
   * @param passwords that wait to be verified
   * @param received bytes
   * @param sent bytes
   */
  public record Figures(
      int open, int strangers, long refused, int passwords, long received, long sent) {}

  /** How it is now, and has been since the start. */
  public Figures figures() {
    ConnectionLimiter.Counts counts = limiter.counts();
    return new Figures(
        counts.open(),
        counts.strangers(),
        counts.refused(),
        passwordAuthentication.waiting(),
        traffic.received().sum(),
        traffic.sent().sum());
  }

  /**
   * From now on this is told how long each login has taken, in microseconds from its connection on.
   *
   * @param taker called by threads of the transport; must not wait
   */
  public void timeLogins(LongConsumer taker) {
    server.addSessionListener(new LoginTimes(taker));
  }

  /** Accepts no further connections; those there are go on. */
  public void stopAccepting() {
    server.unbind();
  }

  /** Can stop listening without closing connections. */
  private static final class DrainableServer extends SshServer {
    @Override
    protected SessionFactory createSessionFactory() {
      return new SessionFactory(this) {
        @Override
        protected ServerSessionImpl doCreateSession(IoSession transport) throws Exception {
          return new ServingSession(getServer(), transport);
        }
      };
    }

    void unbind() {
      acceptor.unbind();
    }
  }

  /** Closes everything. */
  public void stop() throws IOException {
    server.stop(true);
  }
}
