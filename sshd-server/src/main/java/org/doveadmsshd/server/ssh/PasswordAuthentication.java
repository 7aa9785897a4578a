package org.doveadmsshd.server.ssh;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.server.auth.AsyncAuthException;
import org.apache.sshd.server.auth.keyboard.InteractiveChallenge;
import org.apache.sshd.server.auth.keyboard.KeyboardInteractiveAuthenticator;
import org.apache.sshd.server.auth.password.PasswordAuthenticator;
import org.apache.sshd.server.session.ServerSession;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.accounts.Masters;
import org.doveadmsshd.accounts.SaslServer;
import org.doveadmsshd.auth.LoginDelays;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.FaultLog;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.worker.audit.Audit;
import org.doveadmsshd.worker.audit.AuditEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How master users prove themselves over SSH by a password, and the account of all logins. */
final class PasswordAuthentication
    implements PasswordAuthenticator, KeyboardInteractiveAuthenticator, SessionListener {
  private static final Logger LOG = LoggerFactory.getLogger(PasswordAuthentication.class);
  private static final FaultLog FAULTS =
      (doing, thrown) -> LOG.error("{} failed by a fault of the program", doing, thrown);
  private static final int WAITING = 32;

  /**
   * More than the hashes that are computed at a time: a Dovecot delays its answers to failed
   * logins.
   */
  private static final int VERIFYING = 8;

  /** A token may stand for a password. */
  private static final int MAX_PASSWORD = SaslServer.MAX_RESPONSE;

  /** Set when a password was right. */
  private static final AttributeRepository.AttributeKey<Boolean> PASSWORD =
      new AttributeRepository.AttributeKey<>();

  private final Masters masters;
  private final LoginDelays delays;
  private final Audit audit;

  /** Verifies passwords; when too many wait, further ones are refused. */
  private final ThreadPoolExecutor hashing =
      new ThreadPoolExecutor(
          VERIFYING,
          VERIFYING,
          1,
          TimeUnit.MINUTES,
          new LinkedBlockingQueue<>(WAITING),
          work -> {
            Thread thread = new Thread(work, "password");
            thread.setDaemon(true);
            return thread;
          });

  /** Delays logins and answers; no thread waits meanwhile. */
  private final ScheduledExecutorService later =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "login-delay");
            thread.setDaemon(true);
            return thread;
          });

  PasswordAuthentication(Masters masters, LoginDelays delays, Audit audit) {
    this.audit = audit;
    this.masters = masters;
    this.delays = delays;
  }

  /** How the user has logged in. */
  static Login loginOf(ServerSession session) {
    List<String> methods = new ArrayList<>();
    KeyAuthentication.grantOf(session).ifPresent(grant -> methods.add(grant.method()));
    if (session.getAttribute(PASSWORD) != null) {
      methods.add("password");
    }
    return new Login(String.join(" and ", methods), Sessions.address(session));
  }

  /** Accounts for logins; to be called when one has succeeded. */
  @Override
  public void sessionEvent(Session session, Event event) {
    if (event == Event.Authenticated) {
      note(session.getUsername(), loginOf((ServerSession) session), Outcome.OK);
    }
  }

  /** How many passwords wait to be verified. */
  int waiting() {
    return hashing.getQueue().size();
  }

  private void note(String user, Login login, Outcome outcome) {
    try {
      audit.note(AuditEvent.login(user, login, outcome));
    } catch (Failure e) {
      LOG.error("A login could not be accounted for: {}", Reason.full(e));
    }
  }

  @Override
  public boolean authenticate(String user, String password, ServerSession session) {
    if (password.isEmpty() || password.length() > MAX_PASSWORD) {
      return false;
    }
    AsyncAuthException answer = new AsyncAuthException();
    LoginAttempt attempt = new LoginAttempt(user, password, Sessions.address(session));
    long wait = delays.before(attempt.address()).toMillis();
    later.schedule(() -> queue(attempt, session, answer), wait, TimeUnit.MILLISECONDS);
    throw answer;
  }

  @Override
  public InteractiveChallenge generateChallenge(
      ServerSession session, String user, String language, String methods) {
    InteractiveChallenge challenge = new InteractiveChallenge();
    challenge.setInteractionName("");
    challenge.setInteractionInstruction("");
    challenge.setLanguageTag("");
    challenge.addPrompt("Password: ", false);
    return challenge;
  }

  @Override
  public boolean authenticate(ServerSession session, String user, List<String> responses) {
    return responses.size() == 1 && authenticate(user, responses.get(0), session);
  }

  private void queue(LoginAttempt attempt, ServerSession session, AsyncAuthException answer) {
    try {
      hashing.execute(() -> verify(attempt, session, answer));
    } catch (RejectedExecutionException e) {
      LOG.warn("Too many passwords are to be verified; a login is put off");
      putOff(session, answer);
    } catch (Throwable e) { // as when there is no thread: else the client would wait for ever
      LOG.error("A password could not be verified by a fault of the program", e);
      putOff(session, answer);
    }
  }

  private void verify(LoginAttempt attempt, ServerSession session, AsyncAuthException answer) {
    try {
      if (masters.authenticate(attempt).isPresent()) {
        delays.succeeded(attempt.address());
        session.setAttribute(PASSWORD, true);
        answer.setAuthed(true);
        return;
      }
      LOG.info("Wrong password for {} from {}", shown(attempt.user()), attempt.address());
      note(shown(attempt.user()), new Login("password", attempt.address()), Outcome.NO_PERMISSION);
      long late = delays.failed(attempt.address()).toMillis();
      later.schedule(
          FAULTS.guard("Refusing a password", () -> answer.setAuthed(false)),
          late,
          TimeUnit.MILLISECONDS);
    } catch (Failure e) {
      LOG.warn(
          "The password of {} could not be verified: {}", shown(attempt.user()), Reason.full(e));
      putOff(session, answer);
    } catch (Throwable e) { // the top of a task: else the client would wait for ever
      LOG.error("A password could not be verified by a fault of the program", e);
      putOff(session, answer);
    }
  }

  /**
   * It cannot be said whether the password is right, so the client is not told that it is wrong.
   */
  private static void putOff(ServerSession session, AsyncAuthException answer) {
    try {
      session.disconnect(
          SshConstants.SSH2_DISCONNECT_BY_APPLICATION,
          "Passwords cannot be verified at the moment; try again later");
    } catch (IOException e) {
      LOG.debug("The client has gone", e);
    }
    answer.setAuthed(false);
  }

  /** A name that a stranger has chosen, for the log. */
  private static String shown(String user) {
    return user.matches("[!-~]{1,64}") ? user : "(an odd name)";
  }
}
