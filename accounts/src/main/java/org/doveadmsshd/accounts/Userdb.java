package org.doveadmsshd.accounts;

import java.io.IOException;
import java.util.Optional;
import org.doveadmsshd.base.Failure;

/** Knows the mail users. Safe for several threads. */
public interface Userdb {
  /**
   * Looks a user up.
   *
   * @param name in any case
   * @throws Failure when it cannot be said whether there is such a user
   */
  Optional<MailUser> find(String name) throws Failure;

  /** Whether it can list its users. */
  boolean canList();

  /**
   * Names all users, in the order of the userdb, each once; they are never all in memory unless the
   * userdb has them there.
   *
   * @throws Failure when it cannot list, or not to the end
   * @throws IOException from the visitor
   */
  void forEach(Visitor visitor) throws Failure, IOException;

  /** Told the names of users. */
  @FunctionalInterface
  interface Visitor {
    void visit(String name) throws Failure, IOException;
  }
}
