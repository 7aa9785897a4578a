package org.doveadmsshd.accounts;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.doveadmsshd.base.UserMask;

/**
 * An administrator who has proved who he is.
 *
 * @param login how
 */
public record Master(String name, Scope scope, Login login) {
  /** What he may do for one user, and nothing else. */
  public Master onlyFor(String user) {
    return new Master(name, scope.narrowed(List.of(new UserMask(user)), Set.of()), login);
  }

  /** With the rules of his scope that are in force at that time. */
  public Master at(Instant now) {
    Scope inForce = scope.at(login.address(), now);
    return inForce == scope ? this : new Master(name, inForce, login);
  }
}
