package org.doveadmsshd.server.ssh;

import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what MINA SSHD catches although no connection can bring it about by itself. */
final class ConnectionFaults implements SessionListener {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionFaults.class);

  @Override
  public void sessionException(Session session, Throwable thrown) {
    if (thrown instanceof Error) {
      LOG.error(
          "The connection from {} failed by a fault of the program",
          session.getIoSession().getRemoteAddress(),
          thrown);
    }
  }
}
