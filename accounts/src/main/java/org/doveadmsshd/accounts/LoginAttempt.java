package org.doveadmsshd.accounts;

/**
 * An attempt to log in with a password.
 *
 * @param user as he gave it
 * @param address of the client, numeric; empty when that is not known
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
