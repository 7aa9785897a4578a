package org.doveadmsshd.brain;

import org.doveadmsshd.base.UserMask;

/** The users that a command is meant for. */
public sealed interface UserSelection {
  /** One user, who must exist. */
  record Single(String name) implements UserSelection {}

  /** All users that match. */
  record Matching(UserMask mask) implements UserSelection {}

  /** The users whose names stand in a file, a line each; {@code -} is standard input. */
  record Listed(String file) implements UserSelection {}

  /** No user: the command is about servers. */
  record None() implements UserSelection {}

  /** Whether rows must name the user. */
  default boolean isSeveral() {
    return this instanceof Matching || this instanceof Listed;
  }
}
