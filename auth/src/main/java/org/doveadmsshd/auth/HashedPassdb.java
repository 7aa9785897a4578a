package org.doveadmsshd.auth;

import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.auth.scheme.PasswordHash;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;

/**
 * Compares passwords with those of a store. Verifying a hash is made to be slow, so only a few are
 * verified at a time in the whole program; who comes when all are busy waits, and is told to come
 * again when that takes too long.
 */
public final class HashedPassdb implements Passdb {
  private static final int HASHES_AT_A_TIME = 2;
  private static final int MAX_PASSWORD = 1024;
  private static final long PATIENCE_SECONDS = 20;
  private static final Semaphore HASHING = new Semaphore(HASHES_AT_A_TIME, true);

  private final PasswordStore store;
  private final String defaultScheme;

  /** What the password of somebody unknown is compared with: time must not tell that he is. */
  private volatile String decoy;

  /**
   * @param defaultScheme of passwords that name none
   */
  public HashedPassdb(PasswordStore store, String defaultScheme) {
    this.store = store;
    this.defaultScheme = defaultScheme;
  }

  @Override
  public Answer verify(LoginAttempt attempt) throws Failure {
    Optional<PasswordStore.Stored> found = store.find(attempt);
    if (attempt.password().length() > MAX_PASSWORD) { // nobody's, and not worth hashing
      return found.isEmpty() ? Answer.UNKNOWN_USER : Answer.WRONG;
    }
    String stored = found.map(PasswordStore.Stored::password).orElse("");
    boolean hashed = !stored.isEmpty();
    if (hashed) {
      decoy = stored;
    }
    boolean right = isRight(hashed ? stored : decoy(), attempt);
    if (found.isEmpty()) {
      return Answer.UNKNOWN_USER;
    }
    return right && hashed ? new Answer(Verdict.RIGHT, found.get().fields()) : Answer.WRONG;
  }

  /** With the scheme that it has. */
  @Override
  public Optional<PasswordStore.Stored> find(LoginAttempt who) throws Failure {
    return store
        .find(who)
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

  private boolean isRight(String stored, LoginAttempt attempt) throws Failure {
    try {
      if (!HASHING.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new Failure(
            Outcome.TEMPORARY_FAILURE, "Too many passwords are to be verified; try again later");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.temporary("Stopped while a password was to be verified", e);
    }
    try {
      return PasswordHash.parse(stored, defaultScheme).verify(attempt.user(), attempt.password());
    } finally {
      HASHING.release();
    }
  }
}
