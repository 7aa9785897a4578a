package org.doveadmsshd.accounts;

import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.base.Failure;

/** The master users and how they prove who they are. Safe for several threads. */
public interface Masters {
  /** No masters. */
  Masters NONE = new NoMasters();

  /** The master of that name, authenticated by this login. */
  Optional<Master> find(String name, Login login);

  /** The master of that name, before a login by other means. */
  default Optional<Master> find(String name) {
    return find(name, Login.NONE);
  }

  /**
   * The master of that name, for the mail of one user.
   *
   * @param mailUser empty for all of his scope; nothing is found for a mask
   */
  Optional<Master> find(String name, Login login, String mailUser);

  /**
   * The master who tries to log in, if the password is right.
   *
   * @throws Failure when it cannot be said; that is neither a yes nor a no
   */
  Optional<Master> authenticate(LoginAttempt attempt) throws Failure;

  /** The names of all masters. */
  Set<String> names();

  /**
   * What is stored of a master besides his password.
   *
   * @throws Failure when it cannot be said
   */
  Optional<String> field(String name, String field) throws Failure;

  /**
   * Begins an authentication; the accepted user is a master if {@link #find(String, Login, String)}
   * says so.
   *
   * @param mechanism of SASL, in any case
   * @param address where the client is, numeric; empty when it is not known
   * @param external the user that the transport has authenticated
   * @return nothing for a mechanism that may not be used
   */
  Optional<SaslServer> authentication(String mechanism, String address, Optional<String> external);
}
