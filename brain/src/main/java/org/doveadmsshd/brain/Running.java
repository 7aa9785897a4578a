package org.doveadmsshd.brain;

import java.util.OptionalLong;
import org.doveadmsshd.base.Rate;

/** A command line that is being carried out. Safe for several threads. */
public interface Running {
  /** Stops it at its next checkpoint; returns at once. */
  void cancel();

  /** Begins no more users than that from now on. */
  default void slow(Rate rate) {}

  /** Users done so far; 0 for a command about no user. */
  default long done() {
    return 0;
  }

  /** Whether it is to stop, or has: nothing may hold it up any longer. */
  default boolean isCancelled() {
    return false;
  }

  /**
   * A thread of it begins to wait until a person wants to see more: others may have its place
   * meanwhile. Followed by {@link #goesOn} on the same thread.
   */
  default void waits() {}

  /** That thread goes on, when there is a place for it again. */
  default void goesOn() {}

  /** How many users it is for, done ones among them; nothing as long as that is not known. */
  default OptionalLong users() {
    return OptionalLong.empty();
  }

  /** Users for which it failed. */
  default long failed() {
    return 0;
  }
}
