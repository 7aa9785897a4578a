package org.doveadmsshd.worker.audit;

import java.util.List;
import java.util.Map;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.command.Secrets;
import org.doveadmsshd.protocol.Message;

/**
 * An event of the audit log.
 *
 * @param kind {@code login}, {@code command}, {@code user} or {@code list}
 * @param master the master who did it; the claimed name where the login failed
 * @param command its name, or all of its words; empty for a login
 * @param user whose mail it was about; empty for none
 * @param exit exit code
 * @param outcome its word; empty for a command line, which may have had several
 * @param text what was wrong; empty when nothing was
 * @param counts what was done, by word
 */
public record AuditEvent(
    String kind,
    String master,
    Login login,
    String command,
    List<String> arguments,
    String user,
    int exit,
    String outcome,
    String text,
    Map<String, Long> counts,
    long micros) {
  public AuditEvent {
    arguments = List.copyOf(arguments);
    counts = Map.copyOf(counts);
  }

  /** A login, or an attempt at one. */
  public static AuditEvent login(String master, Login login, Outcome outcome) {
    return new AuditEvent(
        "login",
        master,
        login,
        "",
        List.of(),
        "",
        outcome.exitCode(),
        outcome.word(),
        "",
        Map.of(),
        0);
  }

  /** A command line that has come to its end by itself. */
  public static AuditEvent command(Master master, List<String> words, int exit, long micros) {
    return command(master.name(), master.login(), words, exit, "", micros);
  }

  /**
   * A command line that has come to its end, or was refused.
   *
   * @param words after {@code doveadm}, as they were typed
   * @param text why it ended other than by itself; empty when it did not
   */
  public static AuditEvent command(
      String master, Login login, List<String> words, int exit, String text, long micros) {
    return new AuditEvent(
        "command", master, login, "", Secrets.masked(words), "", exit, "", text, Map.of(), micros);
  }

  /** The end of a command for one user. */
  public static AuditEvent user(Master master, Message.Run request, Message.Done done) {
    boolean wrongWords = done.outcome() == Outcome.USAGE && !Secrets.isOpen(request.command());
    return new AuditEvent(
        "user",
        master.name(),
        master.login(),
        request.command(),
        Secrets.masked(request.command(), withoutEndOfOptions(request.arguments())),
        request.user(),
        done.outcome().exitCode(),
        done.outcome().word(),
        wrongWords ? Secrets.MASKED : done.text(),
        done.counts(),
        done.micros());
  }

  /** Users that were listed for a brain. */
  public static AuditEvent list(
      Master master, Message.ListUsers request, long listed, Message.Done done) {
    return new AuditEvent(
        "list",
        master.name(),
        master.login(),
        "",
        List.of(request.mask()),
        "",
        done.outcome().exitCode(),
        done.outcome().word(),
        done.text(),
        Map.of("users", listed),
        done.micros());
  }

  /** The brain puts it in front of the words that it passes on; no user has typed it. */
  private static List<String> withoutEndOfOptions(List<String> words) {
    return words.indexOf("--") == 0 ? words.subList(1, words.size()) : words;
  }
}
