package org.doveadmsshd.auth.sasl;

import java.util.Optional;
import org.doveadmsshd.auth.scheme.PasswordHash;
import org.doveadmsshd.base.Failure;

/**
 * Stored passwords and tokens, to compare with a client's responses. Every method may take long. It
 * throws a {@link Failure} when there is no answer; that is neither a yes nor a no.
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

  /** The owner of a token; nothing for one that is not valid. */
  Optional<String> bearer(String token) throws Failure;

  /** Stands in for unknown users; the same for all logins. */
  ScramDecoy decoy();

  /** The user that the transport has authenticated. */
  Optional<String> external();
}
