package org.doveadmsshd.server.ssh;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps strangers from taking everything: bounds connections, above all those that have not logged
 * in, in all and for each address (MaxStartups and PerSourceMaxStartups in OpenSSH).
 */
final class ConnectionLimiter implements SessionListener {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionLimiter.class);

  private static final Duration LOG_EVERY = Duration.ofSeconds(10);

  private final int all;
  private final int beforeLogin;
  private final int beforeLoginPerAddress;
  private final Set<SocketAddress> open = ConcurrentHashMap.newKeySet();
  private final Set<SocketAddress> strangers = ConcurrentHashMap.newKeySet();
  private long refusals;
  private long lastLogged;

  ConnectionLimiter(int all, int beforeLogin, int beforeLoginPerAddress) {
    this.all = all;
    this.beforeLogin = beforeLogin;
    this.beforeLoginPerAddress = beforeLoginPerAddress;
  }

  /** Says whether a new connection may stay; if so, it counts from now on. */
  synchronized boolean admit(SocketAddress remote) {
    long fromThere =
        strangers.stream().filter(stranger -> host(stranger).equals(host(remote))).count();
    boolean refused =
        open.size() >= all || strangers.size() >= beforeLogin || fromThere >= beforeLoginPerAddress;
    if (refused) {
      logRefusal(remote);
      return false;
    }
    open.add(remote);
    strangers.add(remote);
    return true;
  }

  /** One line for many: a flood shall not fill the log as well. */
  private void logRefusal(SocketAddress remote) {
    refusals++;
    long now = System.nanoTime();
    if (lastLogged == 0 || now - lastLogged >= LOG_EVERY.toNanos()) {
      LOG.info("Connections refused, too many: {}, the last from {}", refusals, remote);
      lastLogged = now;
      refusals = 0;
    }
  }

  private static String host(SocketAddress address) {
    return address instanceof InetSocketAddress
        ? ((InetSocketAddress) address).getAddress().getHostAddress()
        : address.toString();
  }

  @Override
  public void sessionEvent(Session session, Event event) {
    if (event == Event.Authenticated) {
      strangers.remove(session.getIoSession().getRemoteAddress());
      LOG.info("{} logged in from {}", session.getUsername(), session.getRemoteAddress());
    }
  }

  @Override
  public void sessionClosed(Session session) {
    forget(session.getIoSession().getRemoteAddress());
  }

  /** A connection is over. */
  void forget(SocketAddress remote) {
    open.remove(remote);
    strangers.remove(remote);
  }
}
