package org.doveadmsshd.setup.plan;

import org.doveadmsshd.base.Failure;

/** Files that Dovecot's settings name. */
@FunctionalInterface
public interface Texts {
  /**
   * Reads one.
   *
   * @param path absolute
   * @throws Failure when it cannot be read; its message says why
   */
  String read(String path) throws Failure;
}
