package org.doveadmsshd.brain.journal;

import org.doveadmsshd.base.Outcome;

/**
 * As what a user is counted: each as one of these, by the summary of a run, its progress and its
 * report alike.
 */
public enum Fate {
  /** The command was carried out. */
  DONE,
  /** It was not, or not wholly, or nobody knows. */
  FAILED,
  /** There is no such user: he has gone since he was listed, or no server is meant for him. */
  SKIPPED,
  /** It was stopped while a worker was at it; what was done until then stays done. */
  STOPPED,
  /** It was stopped before his turn. */
  NOT_BEGUN;

  /** That of a user who ended so. */
  public static Fate of(Outcome outcome) {
    return switch (outcome) {
      case OK -> DONE;
      case NO_USER -> SKIPPED;
      case CANCELLED -> STOPPED;
      case NOT_BEGUN -> NOT_BEGUN;
      default -> FAILED;
    };
  }

  /** Whether the command is still to be carried out, and nothing went wrong. */
  public boolean isUndone() {
    return this == STOPPED || this == NOT_BEGUN;
  }
}
