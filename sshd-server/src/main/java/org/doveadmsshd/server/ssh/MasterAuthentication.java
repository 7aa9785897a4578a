package org.doveadmsshd.server.ssh;

import java.security.PublicKey;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.server.auth.AsyncAuthException;
import org.apache.sshd.server.auth.password.PasswordAuthenticator;
import org.apache.sshd.server.auth.pubkey.PublickeyAuthenticator;
import org.apache.sshd.server.session.ServerSession;
import org.doveadmsshd.auth.LoginAttempt;
import org.doveadmsshd.auth.Masters;
import org.doveadmsshd.keys.AuthorizedKeys;
import org.doveadmsshd.protocol.Failure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How master users prove themselves over SSH: by key or by password. */
final class MasterAuthentication implements PublickeyAuthenticator, PasswordAuthenticator {
  private static final Logger LOG = LoggerFactory.getLogger(MasterAuthentication.class);
  private static final int WAITING = 32;
  private static final int MAX_PASSWORD = 1024;

  private final Masters masters;
  private final AuthorizedKeys keys;

  /** Verifies passwords; when too many wait, further ones are refused. */
  private final ExecutorService hashing =
      new ThreadPoolExecutor(
          2,
          2,
          1,
          TimeUnit.MINUTES,
          new LinkedBlockingQueue<>(WAITING),
          work -> {
            Thread thread = new Thread(work, "password");
            thread.setDaemon(true);
            return thread;
          });

  MasterAuthentication(Masters masters, AuthorizedKeys keys) {
    this.masters = masters;
    this.keys = keys;
  }

  /** Called for an offered key and again for the proof; must not wait. */
  @Override
  public boolean authenticate(String user, PublicKey key, ServerSession session) {
    return masters.find(user).isPresent() && keys.contains(user, key);
  }

  @Override
  public boolean authenticate(String user, String password, ServerSession session) {
    if (password.isEmpty() || password.length() > MAX_PASSWORD) {
      return false;
    }
    AsyncAuthException later = new AsyncAuthException();
    try {
      hashing.execute(() -> later.setAuthed(verify(user, password, session)));
    } catch (RejectedExecutionException e) {
      LOG.warn("Too many passwords are to be verified; a login is refused");
      return false;
    }
    throw later;
  }

  private boolean verify(String user, String password, ServerSession session) {
    try {
      boolean right =
          masters
              .authenticate(new LoginAttempt(user, password, Sessions.address(session)))
              .isPresent();
      if (!right) {
        LOG.info("Wrong password for {} from {}", shown(user), session.getRemoteAddress());
      }
      return right;
    } catch (Failure e) {
      LOG.warn("A password could not be verified: {}", e.getMessage());
      return false;
    }
  }

  /** A name that a stranger has chosen, for the log. */
  private static String shown(String user) {
    return user.matches("[!-~]{1,64}") ? user : "(an odd name)";
  }
}
