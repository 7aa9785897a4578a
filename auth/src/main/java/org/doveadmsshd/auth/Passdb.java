package org.doveadmsshd.auth;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.base.Failure;

/** Knows the passwords of master users. Safe for several threads. */
public interface Passdb {
  /** The kinds of answers. */
  enum Verdict {
    RIGHT,
    WRONG,
    /** The user is unknown, which no client may learn. */
    UNKNOWN_USER
  }

  /**
   * An answer.
   *
   * @param fields what else it says of him; empty unless the password is right
   */
  record Answer(Verdict verdict, Map<String, String> fields) {
    public static final Answer WRONG = new Answer(Verdict.WRONG, Map.of());
    public static final Answer UNKNOWN_USER = new Answer(Verdict.UNKNOWN_USER, Map.of());

    public Answer {
      fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    public boolean isRight() {
      return verdict == Verdict.RIGHT;
    }
  }

  /**
   * Says whether the password is the user's. Takes the same time for an unknown user as for a wrong
   * password.
   *
   * @throws Failure when it cannot be said; that is neither a yes nor a no
   */
  Answer verify(LoginAttempt attempt) throws Failure;

  /**
   * The stored password of a user, for mechanisms that prove knowledge of a password without
   * sending it.
   *
   * @param attempt with no password
   * @return nothing for an unknown user, or where it cannot be read
   */
  default Optional<PasswordStore.Stored> find(LoginAttempt attempt) throws Failure {
    return Optional.empty();
  }

  /**
   * Whose a bearer token is.
   *
   * @return nothing for one that is not good, or where tokens are not known
   * @throws Failure when it cannot be said
   */
  default Optional<String> bearer(String token) throws Failure {
    return Optional.empty();
  }
}
