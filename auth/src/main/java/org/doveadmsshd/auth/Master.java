package org.doveadmsshd.auth;

import java.time.Instant;

/**
 * An administrator who has proved who he is.
 *
 * @param login how
 */
public record Master(String name, Scope scope, Login login) {
  /** With the rules of his scope that are in force at that time. */
  public Master at(Instant now) {
    Scope inForce = scope.at(login.address(), now);
    return inForce == scope ? this : new Master(name, inForce, login);
  }
}
