package org.doveadmsshd.server.ssh;

import java.util.List;
import java.util.Set;
import org.apache.sshd.server.session.ServerSession;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.command.Secrets;
import org.doveadmsshd.worker.audit.Audit;
import org.doveadmsshd.worker.audit.AuditEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Accounts for a command line: a line of the log when it ends, and one of the audit log. What may
 * be a password stands in neither.
 *
 * @param words after {@code doveadm}; all there are when that is not what they begin with
 */
record CommandAccount(Audit audit, ServerSession session, List<String> words, long begunNanos) {
  private static final Logger LOG = LoggerFactory.getLogger(CommandAccount.class);

  /** Words that cannot be told apart. */
  static final List<String> UNREADABLE = List.of(Secrets.MASKED);

  /** Asked each second by whoever watches what goes on: the audit log has it, the log does not. */
  private static final Set<List<String>> WATCHING = Set.of(List.of("who"), List.of("status"));

  /** As others may see it. */
  String text() {
    return Printable.line(String.join(" ", Secrets.masked(words)), Sessions.MAX_SHOWN);
  }

  /**
   * Notes how it has ended, before the client is told.
   *
   * @param why other than by itself; empty if it was by itself
   * @return whether it could be accounted for, where that must be
   */
  boolean ended(int code, String why) {
    long micros = (System.nanoTime() - begunNanos) / 1000;
    Login login = PasswordAuthentication.loginOf(session);
    boolean accounted = true;
    try {
      audit.note(AuditEvent.command(session.getUsername(), login, words, code, why, micros));
    } catch (Failure e) {
      LOG.error("A command could not be accounted for: {}", Reason.full(e));
      accounted = false;
    }
    LOG.atLevel(WATCHING.contains(words) ? Level.DEBUG : Level.INFO)
        .log(
            "{} from {}: doveadm {} (exit {}, {}{} ms)",
            session.getUsername(),
            Sessions.address(session),
            text(),
            code,
            why.isEmpty() ? "" : why + ", ",
            micros / 1000);
    return accounted;
  }
}
