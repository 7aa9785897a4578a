package org.doveadmsshd.auth.oauth2;

import java.util.Optional;
import org.doveadmsshd.base.Failure;

/** Finds the owner of a token. Safe for several threads. */
interface TokenValidator {
  /**
   * The user of a token that is good.
   *
   * @throws Failure when it cannot be said whether it is
   */
  Optional<String> user(String token) throws Failure;
}
