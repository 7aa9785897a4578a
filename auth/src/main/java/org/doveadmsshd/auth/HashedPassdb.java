package org.doveadmsshd.auth;

import java.util.Optional;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.auth.scheme.PasswordHash;
import org.doveadmsshd.base.Failure;

/** Compares passwords with those of a store. */
public final class HashedPassdb implements Passdb {
  private static final int MAX_PASSWORD = 1024;

  private final PasswordStore store;
  private final String defaultScheme;
  private final Hashing hashing;

  /** The hash for unknown users: the time of an answer must not tell that a user is unknown. */
  private volatile String decoy;

  /**
   * @param defaultScheme of passwords that name none
   * @param hashing where they are compared
   */
  public HashedPassdb(PasswordStore store, String defaultScheme, Hashing hashing) {
    this.hashing = hashing;
    this.store = store;
    this.defaultScheme = defaultScheme;
  }

  @Override
  public Answer verify(LoginAttempt attempt) throws Failure {
    Optional<PasswordStore.Stored> found = store.find(attempt);
    if (attempt.password().length()
        > MAX_PASSWORD) { // not a possible password, and not worth hashing
      return found.isEmpty() ? Answer.UNKNOWN_USER : Answer.WRONG;
    }
    String stored = found.map(PasswordStore.Stored::password).orElse("");
    boolean hashed = !stored.isEmpty();
    if (hashed) {
      decoy = stored;
    }
    PasswordHash compared = PasswordHash.parse(hashed ? stored : decoy(), defaultScheme);
    boolean right = hashing.verify(compared, attempt.user(), attempt.password());
    if (found.isEmpty()) {
      return Answer.UNKNOWN_USER;
    }
    return right && hashed ? new Answer(Verdict.RIGHT, found.get().fields()) : Answer.WRONG;
  }

  /** With the scheme that it has. */
  @Override
  public Optional<PasswordStore.Stored> find(LoginAttempt attempt) throws Failure {
    return store
        .find(attempt)
        .map(
            stored ->
                new PasswordStore.Stored(
                    stored.password().isEmpty() || stored.password().startsWith("{")
                        ? stored.password()
                        : "{" + defaultScheme + "}" + stored.password(),
                    stored.fields()));
  }

  private String decoy() throws Failure {
    if (decoy == null) {
      boolean known = PasswordHash.isScheme(defaultScheme);
      decoy = PasswordHash.make(known ? defaultScheme : "SHA512-CRYPT", "", "decoy", 0);
    }
    return decoy;
  }
}
