package org.doveadmsshd.auth;

import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.base.Failure;

/** Where stored passwords are looked up. Safe for several threads. */
public interface PasswordStore {
  /**
   * What is stored of a user.
   *
   * @param password {@code {SCHEME}hash}, or a hash of the store's usual scheme; empty for none,
   *     which no password matches
   * @param fields the user's other fields
   */
  record Stored(String password, Map<String, String> fields) {
    @Override
    public String toString() {
      return "stored password"; // never the hash
    }
  }

  /**
   * Looks a user up.
   *
   * @throws Failure when it cannot be said whether there is such a user
   */
  Optional<Stored> find(LoginAttempt attempt) throws Failure;
}
