package org.doveadmsshd.brain;

/** A command line that is being carried out. Safe for several threads. */
public interface Running {
  /** Stops it at its next checkpoint; returns at once. */
  void cancel();

  /** Users done so far; 0 for a command about no user. */
  default long done() {
    return 0;
  }

  /** Users for which it failed. */
  default long failed() {
    return 0;
  }
}
