package org.doveadmsshd.auth;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.doveadmsshd.protocol.Failure;

/**
 * The master users and how they prove themselves by password.
 *
 * <p>Verifying a hash is made to be slow, so only a few are verified at a time; who comes when all
 * are busy waits.
 */
public final class Masters {
  private static final int HASHES_AT_A_TIME = 2;

  private volatile Map<String, Scope> scopes;
  private volatile List<Passdb> passdbs;
  private final Semaphore hashing = new Semaphore(HASHES_AT_A_TIME, true);

  /**
   * @param scopes by name of master; who is not in here is no master
   * @param passdbs asked in order until one says yes
   */
  public Masters(Map<String, Scope> scopes, List<Passdb> passdbs) {
    this.scopes = Map.copyOf(scopes);
    this.passdbs = List.copyOf(passdbs);
  }

  /** Becomes what the others are, for logins from now on. */
  public void become(Masters others) {
    scopes = others.scopes;
    passdbs = others.passdbs;
  }

  /** The master of that name, who is to be authenticated by other means. */
  public Optional<Master> find(String name) {
    return Optional.ofNullable(scopes.get(name)).map(scope -> new Master(name, scope));
  }

  /** The master of that name, if the password is right. */
  public Optional<Master> authenticate(String name, String password) throws Failure {
    hashing.acquireUninterruptibly();
    try {
      for (Passdb passdb : passdbs) {
        if (passdb.verify(name, password)) {
          return find(name);
        }
      }
      return Optional.empty();
    } finally {
      hashing.release();
    }
  }
}
