package org.doveadmsshd.server.ssh;

import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.doveadmsshd.base.FaultLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs exceptions that MINA SSHD catches: faults that no client can cause, and packets that are too
 * large, because the client hears nothing before its connection breaks.
 */
final class ConnectionFaults implements SessionListener {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionFaults.class);

  /** For what is done on threads of the transport. */
  static final FaultLog LOGGED =
      (doing, thrown) -> LOG.error("{} failed by a fault of the program", doing, thrown);

  @Override
  public void sessionException(Session session, Throwable thrown) {
    if (thrown instanceof Error) {
      LOG.error(
          "The connection from {} failed by a fault of the program",
          session.getIoSession().getRemoteAddress(),
          thrown);
    } else if (session.isAuthenticated() && ((ServingSession) session).hasOverlongPacket()) {
      LOG.info(
          "The connection of {} from {} is closed: a packet of more than 256 KiB, or a broken one",
          session.getUsername(),
          session.getIoSession().getRemoteAddress());
    }
  }
}
