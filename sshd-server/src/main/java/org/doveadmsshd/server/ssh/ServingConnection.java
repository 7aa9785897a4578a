package org.doveadmsshd.server.ssh;

import java.io.IOException;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.server.session.AbstractServerSession;
import org.apache.sshd.server.session.ServerConnectionService;
import org.apache.sshd.server.session.ServerConnectionServiceFactory;

/** The requests of a client after its login. */
final class ServingConnection extends ServerConnectionService {
  private ServingConnection(AbstractServerSession session) throws SshException {
    super(session);
  }

  /** Makes one for each connection. */
  static final class Factory extends ServerConnectionServiceFactory {
    @Override
    public Service create(Session session) throws IOException {
      ServingConnection connection = new ServingConnection((AbstractServerSession) session);
      connection.addPortForwardingEventListenerManager(this);
      return connection;
    }
  }

  /** While output waits for the client, the system finds out by itself whether it is there. */
  @Override
  protected boolean sendHeartBeat() {
    return CoalescingSession.of(getSession()).isIdle() && super.sendHeartBeat();
  }
}
