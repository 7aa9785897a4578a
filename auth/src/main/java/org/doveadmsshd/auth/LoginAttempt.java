package org.doveadmsshd.auth;

/**
 * Somebody says who he is, with a password.
 *
 * @param user as he gave it
 * @param address where he is, numeric; empty when that is not known
 */
public record LoginAttempt(String user, String password, String address) {
  @Override
  public String toString() {
    return "login of " + user + " from " + address; // never the password
  }
}
