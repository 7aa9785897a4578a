package org.doveadmsshd.auth.oauth2;

import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.auth.Passdb;
import org.doveadmsshd.base.Failure;

/**
 * Takes tokens for passwords: also where a client can send only a password, as over SSH. Text that
 * is no token is refused without a request.
 */
public final class Oauth2Passdb implements Passdb {
  private final TokenValidator validator;

  public Oauth2Passdb(Oauth2Settings settings) {
    validator =
        settings.jwksFile().isPresent()
            ? new LocalValidator(settings)
            : new Introspection(settings);
  }

  @Override
  public Answer verify(LoginAttempt attempt) throws Failure {
    Optional<String> owner = bearer(attempt.password());
    if (owner.isEmpty()) {
      return Answer.UNKNOWN_USER; // tokens tell nothing about users without one
    }
    boolean his = owner.get().equals(attempt.user());
    return his ? new Answer(Verdict.RIGHT, Map.of()) : Answer.WRONG;
  }

  @Override
  public Optional<String> bearer(String token) throws Failure {
    return token.matches("[A-Za-z0-9._~+/=-]{16,16384}") ? validator.user(token) : Optional.empty();
  }
}
