package org.doveadmsshd.brain.placement;

import org.doveadmsshd.base.Failure;

/** Says which servers may work on a user. Safe for several threads. */
public interface Placement {
  /**
   * Where a user is now. May wait for a database, but not for ever.
   *
   * @param user in any case
   * @throws Failure when it cannot be said, or when he is to be on a server that the configuration
   *     does not have; no server may work on him then
   */
  Place of(String user) throws Failure;

  /** The word for it in the setting {@code driver}, as journals have it. */
  default String driver() {
    return "other";
  }

  /**
   * Whether a user is only where his place says. Else whichever server lists him works on him, and
   * no place is asked for then.
   */
  default boolean isExclusive() {
    return true;
  }
}
