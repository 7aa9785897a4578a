package org.doveadmsshd.server.ssh;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.ServiceFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.session.ServerSession;
import org.apache.sshd.server.session.ServerUserAuthService;
import org.apache.sshd.server.session.ServerUserAuthServiceFactory;

/**
 * Counts failed attempts to log in, as OpenSSH's server does. These do not count: the question
 * which methods there are, a query about a key that is accepted, one proof of several. So the sixth
 * key of an agent may be the right one.
 */
final class LoginAttempts extends ServerUserAuthService {
  private static final int MAX_FAILURES = 6;

  /** By which clients ask for the methods; it is no attempt if it comes first. */
  private static final String QUESTION = "none";

  // guarded by this, which MINA holds for each message
  private boolean asked;
  private boolean isQuestion;
  private int failures;

  private LoginAttempts(Session session) throws IOException {
    super(session);
  }

  /** Makes one for each connection. */
  static ServiceFactory factory() {
    return new ServerUserAuthServiceFactory() {
      @Override
      public Service create(Session session) throws IOException {
        return new LoginAttempts(session);
      }
    };
  }

  @Override
  protected boolean handleUserAuthRequestMessage(
      ServerSession session, Buffer buffer, AtomicReference<Boolean> authenticated)
      throws Exception {
    int start = buffer.rpos();
    buffer.getString(); // user
    buffer.getString(); // service
    isQuestion = !asked && buffer.getString().equals(QUESTION);
    asked = true;
    buffer.rpos(start);
    return super.handleUserAuthRequestMessage(session, buffer, authenticated);
  }

  @Override
  protected void handleAuthenticationFailure(int command, Buffer buffer) throws Exception {
    if (!isQuestion && ++failures >= MAX_FAILURES) {
      getServerSession()
          .disconnect(
              SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE,
              "Too many authentication failures: " + failures);
      return;
    }
    super.handleAuthenticationFailure(command, buffer);
  }
}
