package org.doveadmsshd.auth.dovecot;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.auth.PasswordStore;
import org.doveadmsshd.base.Failure;

/**
 * What a running Dovecot's passdbs say of a user besides the password, over its socket {@code
 * auth-userdb} or {@code auth-master}; over a director's {@code director-userdb} the host is the
 * one that the ring has for the user.
 */
public final class DovecotFields implements PasswordStore, Closeable {
  private final AuthConnections connections;

  public DovecotFields(Path socket) {
    this(socket, AuthConnections.PATIENCE);
  }

  DovecotFields(Path socket, Duration patience) {
    connections = new AuthConnections(socket, patience);
  }

  /** Never with a password: Dovecot keeps that to itself. */
  @Override
  public Optional<Stored> find(LoginAttempt attempt) throws Failure {
    String user = attempt.user().toLowerCase(Locale.ROOT);
    Map<String, String> fields = AuthConnections.fields(connections.ask("PASS", user), "PASS");
    return Optional.ofNullable(fields).map(known -> new Stored("", known));
  }

  @Override
  public void close() throws IOException {
    connections.close();
  }
}
