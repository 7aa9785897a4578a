package org.doveadmsshd.auth.dovecot;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.auth.Passdb;
import org.doveadmsshd.auth.sasl.PlainResponse;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.TabLines;

/**
 * Has a running Dovecot verify passwords with all its passdbs, over its socket {@code auth-client}.
 * A login that names a mail user is verified as a master user's login for that mail user: Dovecot
 * asks its passdbs with {@code master = yes}, and checks that the mail user exists if they say
 * {@code continue}.
 */
public final class DovecotPassdb implements Passdb {
  /** Dovecot itself delays its answers to failed logins. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Of the process: Dovecot tells its clients apart by CPID, and refuses one that is there. */
  private static final AtomicInteger CONNECTIONS = new AtomicInteger();

  private final Path socket;
  private final String target;
  private final Duration patience;

  /**
   * @param target the mail user for logins that name none, so that they are verified as master
   *     users, too; empty to verify them as mail users
   */
  public DovecotPassdb(Path socket, String target) {
    this(socket, target, PATIENCE);
  }

  DovecotPassdb(Path socket, String target, Duration patience) {
    this.socket = socket;
    this.target = target;
    this.patience = patience;
  }

  @Override
  public Answer verify(LoginAttempt attempt) throws Failure {
    String user = attempt.mailUser().isEmpty() ? target : attempt.mailUser();
    byte[] response = new PlainResponse(user, attempt.user(), attempt.password()).encode();
    if (PlainResponse.parse(response).isEmpty()) {
      return Answer.UNKNOWN_USER; // NUL bytes, or longer than any password
    }
    try (LineSocket connection = new LineSocket(socket, patience)) {
      connection.send(TabLines.line("VERSION", LineSocket.MAJOR, "2"));
      int id = CONNECTIONS.incrementAndGet() & Integer.MAX_VALUE;
      connection.send(TabLines.line("CPID", Long.toString(ProcessHandle.current().pid() + id)));
      connection.greeting("DONE");
      connection.send(TabLines.line(request(attempt, response).toArray(String[]::new)));
      return answer(TabLines.values(connection.receive()));
    } catch (SocketTimeoutException e) {
      throw Failure.temporary("Dovecot does not answer on " + socket, e);
    } catch (IOException e) {
      throw Failure.temporary("Dovecot cannot be asked on " + socket, e);
    }
  }

  private static List<String> request(LoginAttempt attempt, byte[] response) {
    List<String> request =
        new ArrayList<>(
            List.of("AUTH", "1", "PLAIN", "service=doveadm", "protocol=doveadm", "secured"));
    if (!attempt.address().isEmpty()) {
      request.add("rip=" + attempt.address());
    }
    request.add("no-penalty"); // there is one here already
    request.add("resp=" + Base64.getEncoder().encodeToString(response)); // must be the last
    return request;
  }

  private static Answer answer(List<String> line) throws Failure {
    List<String> rest = line.size() > 2 ? line.subList(2, line.size()) : List.of();
    Map<String, String> fields = TabLines.named(rest);
    if (line.size() < 2 || !line.get(1).equals("1")) {
      throw Failure.temporary("Dovecot answers what was not asked", null);
    }
    switch (line.get(0)) {
      case "OK":
        return new Answer(Verdict.RIGHT, fields);
      case "FAIL":
        if (fields.containsKey("temp") || fields.getOrDefault("code", "").equals("temp_fail")) {
          throw Failure.temporary(
              "Dovecot cannot verify passwords: " + fields.getOrDefault("reason", "see its log"),
              null);
        }
        return Answer.WRONG;
      default:
        throw Failure.temporary("Dovecot answers " + line.get(0) + " to a password", null);
    }
  }
}
