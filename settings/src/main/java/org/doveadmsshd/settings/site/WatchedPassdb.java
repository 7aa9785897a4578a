package org.doveadmsshd.settings.site;

import java.util.Optional;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.auth.Passdb;
import org.doveadmsshd.auth.PasswordStore;
import org.doveadmsshd.base.Failure;

/** A passdb whose answers are noted. */
record WatchedPassdb(Passdb passdb, BackendHealth health) implements Passdb {
  @Override
  public Answer verify(LoginAttempt attempt) throws Failure {
    return health.note(() -> passdb.verify(attempt));
  }

  @Override
  public Optional<PasswordStore.Stored> find(LoginAttempt attempt) throws Failure {
    return health.note(() -> passdb.find(attempt));
  }

  @Override
  public Optional<String> bearer(String token) throws Failure {
    return health.note(() -> passdb.bearer(token));
  }
}
