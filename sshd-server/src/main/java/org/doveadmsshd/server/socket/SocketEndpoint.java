package org.doveadmsshd.server.socket;

import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.auth.LoginDelays;
import org.doveadmsshd.base.ChannelStreams;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.FaultLog;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.posix.ListeningSocket;
import org.doveadmsshd.protocol.FrameReader;
import org.doveadmsshd.protocol.FrameWriter;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.ProtocolException;
import org.doveadmsshd.server.ssh.Sessions;
import org.doveadmsshd.worker.LanePeer;
import org.doveadmsshd.worker.LaneSession;
import org.doveadmsshd.worker.LoginGuard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lanes on a UNIX socket. If only its owner can open it, no login is needed: the peer is the
 * server's own user or root. Else the system tells which user has opened it, and the peer may log
 * in as that user (EXTERNAL).
 */
public final class SocketEndpoint {
  private static final Logger LOG = LoggerFactory.getLogger(SocketEndpoint.class);
  private static final FaultLog FAULTS =
      (doing, thrown) -> LOG.error("{} failed by a fault of the program", doing, thrown);
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private static final SocketOption<UnixDomainPrincipal> PEER = ExtendedSocketOptions.SO_PEERCRED;
  private static final int BUFFER = 64 * 1024;

  /** How often a peer that is not read from hears of us. */
  private static final long SIGN_OF_LIFE_MILLIS = 500;

  private final Sessions sessions;
  private final UnixListener listener;
  private final ConnectionLimits limits;
  private final MemoryBudget.Share memory;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
  private final LoginDelays delays;

  /** Connections without a login, and the local user of each. */
  private final Map<SocketChannel, String> strangers = new ConcurrentHashMap<>();

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(work -> thread(work, "socket-login"));
  private ListeningSocket socket;

  /**
   * Where to listen.
   *
   * @param mode who may open it
   * @param group empty for that of the process
   */
  public record UnixListener(Path path, Set<PosixFilePermission> mode, String group) {
    boolean isOwnersOnly() {
      return mode.equals(OWNER_ONLY);
    }
  }

  /**
   * Limits of connections.
   *
   * @param connections how many there may be at a time, of all users
   * @param beforeLogin how many of one local user may be without a login
   * @param loginTimeout how long a connection may be without a login
   * @param failureDelay how late a failed login is answered
   */
  public record ConnectionLimits(
      int connections, int beforeLogin, Duration loginTimeout, Duration failureDelay) {}

  /**
   * @param memory draws what waits for lanes
   */
  public SocketEndpoint(
      Sessions sessions,
      UnixListener listener,
      ConnectionLimits limits,
      MemoryBudget.Share memory) {
    this.memory = memory;
    this.sessions = sessions;
    this.listener = listener;
    this.limits = limits;
    delays = new LoginDelays(limits.failureDelay());
  }

  private static Thread thread(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Begins to listen. */
  public void start() throws Failure {
    socket = ListeningSocket.open(listener.path(), listener.mode(), listener.group());
    thread(() -> socket.serve(this::take), "socket-accept").start();
    LOG.info(
        "Listening on {}: {}",
        socket.path(),
        listener.isOwnersOnly() ? "only its owner may open it" : "who opens it must log in");
  }

  private void take(SocketChannel channel) throws IOException {
    String user = channel.getOption(PEER).user().getName();
    if (open.size() >= limits.connections() || hasTooMany(user)) {
      LOG.info("A connection of {} to {} is refused: too many", user, socket.path());
      channel.close();
      return;
    }
    open.add(channel);
    if (!listener.isOwnersOnly()) {
      strangers.put(channel, user);
    }
    boolean served = false;
    try {
      thread(() -> serve(channel), "socket-lane").start();
      served = true;
    } finally {
      if (!served) {
        close(channel);
      }
    }
  }

  /** Keeps one local user from keeping all others out. */
  private boolean hasTooMany(String user) {
    return strangers.values().stream().filter(user::equals).count() >= limits.beforeLogin();
  }

  /** Reads what a connection says, to its end; answers are written by others. */
  private void serve(SocketChannel channel) {
    long id = sessions.nextId();
    Runnable close =
        () -> {
          sessions.closeLane(id);
          close(channel);
        };
    LaneSession lane = null;
    try {
      String user = channel.getOption(PEER).user().getName();
      if (listener.isOwnersOnly() && !isOwner(user)) {
        throw new IOException(user + " is not the owner of " + socket.path());
      }
      OutputStream out = ChannelStreams.out(channel);
      FrameWriter writer = new FrameWriter(out::write, out::flush);
      LaneSession.Transport transport = new LaneSession.Transport(writer, close, memory, true);
      lane = open(transport, user, id);
      lane.start();
      expire(channel, lane);
      read(channel, lane, () -> strangers.remove(channel));
    } catch (IOException e) {
      LOG.info("A connection to {} broke off: {}", socket.path(), Reason.of(e));
      if (lane != null) {
        lane.closed();
      }
      close.run();
    }
  }

  /** A lane that cannot be had now is refused in its own words. */
  private LaneSession open(LaneSession.Transport transport, String user, long id)
      throws IOException {
    try {
      return sessions.openLane(peer(user), user, "", transport, id);
    } catch (Failure e) {
      transport.out().send(new Message.Fault(e.getMessage()));
      transport.out().flush();
      throw new IOException(e.getMessage());
    }
  }

  private static boolean isOwner(String user) {
    return user.equals("root") || user.equals(System.getProperty("user.name"));
  }

  private LanePeer peer(String user) {
    if (!listener.isOwnersOnly()) {
      return LanePeer.stranger(Optional.of(user), "", guard(user));
    }
    Login login = new Login("socket " + listener.path(), "");
    Master master = new Master(user, Scope.UNLIMITED, login);
    return LanePeer.authenticated(() -> Optional.of(master));
  }

  private LoginGuard guard(String user) {
    return new LoginGuard() {
      @Override
      public Duration before() {
        return delays.before(user);
      }

      @Override
      public Duration failed() {
        return delays.failed(user);
      }

      @Override
      public void succeeded() {
        delays.succeeded(user);
      }
    };
  }

  private void expire(SocketChannel channel, LaneSession lane) {
    Runnable end =
        () -> {
          if (lane.master().isEmpty()) {
            close(channel);
          }
        };
    timer.schedule(
        FAULTS.guard("Ending a connection without a login", end),
        limits.loginTimeout().toMillis(),
        TimeUnit.MILLISECONDS);
  }

  private static void read(SocketChannel channel, LaneSession lane, Runnable known)
      throws IOException {
    FrameReader reader = new FrameReader(channel, BUFFER);
    try {
      while (reader.read(lane::receive)) {
        awaitRoom(lane);
        if (lane.master().isPresent()) {
          known.run();
        }
      }
      lane.inputEnded();
    } catch (ProtocolException e) {
      lane.fault(e.getMessage());
    }
  }

  /** Waits while many of the lane's requests wait; its peer hears that we live all the same. */
  private static void awaitRoom(LaneSession lane) throws IOException {
    CountDownLatch room = new CountDownLatch(1);
    lane.whenRoom(room::countDown);
    try {
      while (!room.await(SIGN_OF_LIFE_MILLIS, TimeUnit.MILLISECONDS)) {
        lane.tellAlive();
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private void close(SocketChannel channel) {
    open.remove(channel);
    strangers.remove(channel);
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("Closing a connection", e);
    }
  }

  /** Takes no further connections; those there are go on. */
  public void stopAccepting() {
    try {
      if (socket != null) {
        socket.close();
      }
    } catch (IOException e) {
      LOG.warn("{} cannot be closed: {}", listener.path(), Reason.of(e));
    }
  }

  /** Closes everything. */
  public void stop() {
    stopAccepting();
    timer.shutdownNow();
    open.forEach(this::close);
  }
}
