package org.doveadmsshd.accounts;

import java.util.List;
import org.doveadmsshd.base.Failure;

/**
 * Makes and checks hashes of passwords, spelled {@code {SCHEME}hash}; a bare one is crypt(3)'s.
 * Safe for several threads.
 */
public interface PasswordHashing {
  /** The names of the schemes, sorted. */
  List<String> schemes();

  /** Bytes of memory that {@link #make} takes with a scheme; 0 for one that there is not. */
  long memoryOfMaking(String scheme);

  /**
   * Bytes of memory that {@link #verify} takes, as far as the hash tells.
   *
   * @throws Failure when it asks for more memory or time than anybody may have for a password
   */
  long memoryOfVerifying(String hash) throws Failure;

  /**
   * Makes {@code {SCHEME}hash} of a password.
   *
   * @param user whose it is; few schemes need that
   * @param rounds how much work it is; 0 for what is usual
   * @throws Failure with doveadm's exit code, 75, for an unknown scheme or rounds out of range
   */
  String make(String scheme, String user, String password, int rounds) throws Failure;

  /**
   * Whether this is the hash of a password.
   *
   * @param user whose it is
   * @throws Failure when the scheme is unknown or the hash malformed
   */
  boolean verify(String hash, String user, String password) throws Failure;
}
