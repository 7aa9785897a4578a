package org.doveadmsshd.auth;

import java.util.Iterator;
import java.util.Optional;
import org.doveadmsshd.protocol.Failure;

/** Knows the mail users. Safe for several threads. */
public interface Userdb {
  /**
   * Looks a user up.
   *
   * @param name in any case
   * @throws Failure when it cannot be said whether there is such a user
   */
  Optional<MailUser> find(String name) throws Failure;

  /** All names, in the order of the userdb; each once. */
  Iterator<String> list() throws Failure;
}
