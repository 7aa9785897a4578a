package org.doveadmsshd.accounts;

/**
 * How a user has logged in.
 *
 * @param method such as {@code password} or {@code publickey SHA256:…}; empty when it is not known
 * @param address of the client, numeric; empty when it is not known
 */
public record Login(String method, String address) {
  /** Nothing is known of it. */
  public static final Login NONE = new Login("", "");
}
