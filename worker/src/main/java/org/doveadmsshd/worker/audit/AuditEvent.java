package org.doveadmsshd.worker.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.auth.Login;
import org.doveadmsshd.auth.Master;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.Message;

/**
 * Something that is accounted for.
 *
 * @param kind {@code login}, {@code command} or {@code user}
 * @param master who did it, as he says where he has not proved it
 * @param command its name, or all of its words; empty for a login
 * @param user whose mail it was about; empty for none
 * @param exit exit code
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
    String text,
    Map<String, Long> counts,
    long micros) {
  private static final String MASKED = "****";

  public AuditEvent {
    arguments = List.copyOf(arguments);
    counts = Map.copyOf(counts);
  }

  /** A login, or an attempt at one. */
  public static AuditEvent login(String master, Login login, Outcome outcome) {
    return new AuditEvent(
        "login", master, login, "", List.of(), "", outcome.exitCode(), "", Map.of(), 0);
  }

  /** A command line that has come to its end. */
  public static AuditEvent command(Master master, List<String> words, int exit, long micros) {
    return new AuditEvent(
        "command",
        master.name(),
        master.login(),
        "",
        masked(words),
        "",
        exit,
        "",
        Map.of(),
        micros);
  }

  /** What a command has done for one user. */
  public static AuditEvent user(Master master, Message.Run request, Message.Done done) {
    boolean secret = mayBeSecret(request.command().split(" ")[0]);
    return new AuditEvent(
        "user",
        master.name(),
        master.login(),
        request.command(),
        secret ? List.of(MASKED) : withoutEndOfOptions(request.arguments()),
        request.user(),
        done.outcome().exitCode(),
        done.text(),
        done.counts(),
        done.micros());
  }

  /** The brain puts it in front of what it passes on; nobody has typed it. */
  private static List<String> withoutEndOfOptions(List<String> words) {
    return words.indexOf("--") == 0 ? words.subList(1, words.size()) : words;
  }

  /** Whether what follows a word may be a password. */
  private static boolean mayBeSecret(String word) {
    return word.equals("pw") || word.equals("auth");
  }

  /** The words, without those that may be a password. */
  private static List<String> masked(List<String> words) {
    for (int i = 0; i < words.size(); i++) {
      if (mayBeSecret(words.get(i))) {
        List<String> shown = new ArrayList<>(words.subList(0, i + 1));
        shown.add(MASKED);
        return shown;
      }
    }
    return words;
  }
}
