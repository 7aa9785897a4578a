package org.doveadmsshd.accounts;

/**
 * Somebody says who he is, with a password.
 *
 * @param user as he gave it
 * @param address where he is, numeric; empty when that is not known
 * @param mailUser whose mail he wants, with nobody else's; empty when he does not say
 */
public record LoginAttempt(String user, String password, String address, String mailUser) {
  public LoginAttempt(String user, String password, String address) {
    this(user, password, address, "");
  }

  @Override
  public String toString() {
    return "login of " + user + " from " + address; // never the password
  }
}
