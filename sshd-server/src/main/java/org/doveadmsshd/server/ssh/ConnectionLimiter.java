package org.doveadmsshd.server.ssh;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
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

  private final int all;
  private final int beforeLogin;
  private final int beforeLoginPerAddress;
  private final Set<SocketAddress> open = ConcurrentHashMap.newKeySet();
  private final Set<SocketAddress> strangers = ConcurrentHashMap.newKeySet();

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
      LOG.info("Connection from {} refused: too many connections", remote);
      return false;
    }
    open.add(remote);
    strangers.add(remote);
    return true;
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
