package org.doveadmsshd.auth.sasl;

import java.util.Optional;
import org.doveadmsshd.auth.scheme.PasswordHash;
import org.doveadmsshd.base.Failure;

/**
 * What a server knows, to compare with what a client says. Everything may take its time, and throws
 * a {@link Failure} when it cannot be said; that is neither a yes nor a no.
 */
public interface Credentials {
  /**
   * Whether a password is right.
   *
   * @param mailUser whose mail he wants; empty when he does not say
   */
  boolean verify(String user, String password, String mailUser) throws Failure;

  /** The stored password; nothing for an unknown user, or where none can be read. */
  Optional<PasswordHash> stored(String user) throws Failure;

  /** Whose token it is, if it is one that is good. */
  Optional<String> bearer(String token) throws Failure;

  /** What those look like who are not known; the same for all logins. */
  ScramDecoy decoy();

  /** Whom the transport has shown the client to be. */
  Optional<String> external();
}
