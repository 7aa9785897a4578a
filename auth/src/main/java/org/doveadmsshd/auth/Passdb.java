package org.doveadmsshd.auth;

import org.doveadmsshd.protocol.Failure;

/** Knows the passwords of master users. Safe for several threads. */
public interface Passdb {
  /**
   * Says whether the password is the user's. Takes the same time for an unknown user.
   *
   * @throws Failure when it cannot be said; that is neither a yes nor a no
   */
  boolean verify(String user, String password) throws Failure;
}
