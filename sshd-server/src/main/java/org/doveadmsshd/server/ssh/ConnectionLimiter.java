package org.doveadmsshd.server.ssh;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.sshd.common.io.IoAcceptor;
import org.apache.sshd.common.io.IoServiceEventListener;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps strangers from taking everything: bounds connections, above all those that have not logged
 * in, in all and for each address (MaxStartups and PerSourceMaxStartups in OpenSSH).
 */
final class ConnectionLimiter implements IoServiceEventListener, SessionListener {
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

  @Override
  public synchronized void connectionAccepted(
      IoAcceptor acceptor, SocketAddress local, SocketAddress remote, SocketAddress service)
      throws IOException {
    long fromThere =
        strangers.stream().filter(stranger -> host(stranger).equals(host(remote))).count();
    boolean refused =
        open.size() >= all || strangers.size() >= beforeLogin || fromThere >= beforeLoginPerAddress;
    if (refused) {
      LOG.info("Connection from {} refused: too many connections", remote);
      throw new IOException("too many connections");
    }
    open.add(remote);
    strangers.add(remote);
  }

  private static String host(SocketAddress address) {
    return address instanceof InetSocketAddress
        ? ((InetSocketAddress) address).getAddress().getHostAddress()
        : address.toString();
  }

  @Override
  public void abortAcceptedConnection(
      IoAcceptor acceptor,
      SocketAddress local,
      SocketAddress remote,
      SocketAddress service,
      Throwable reason) {
    forget(remote);
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

  private void forget(SocketAddress remote) {
    open.remove(remote);
    strangers.remove(remote);
  }
}
