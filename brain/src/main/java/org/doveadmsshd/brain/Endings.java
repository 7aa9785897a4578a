package org.doveadmsshd.brain;

import java.util.Map;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.Message;

/** How users end of whom no worker has the last word. */
final class Endings {
  static final String NOT_BEGUN = "The run was stopped before this user's turn";

  private Endings() {}

  static Message.Done done(Outcome outcome, String text) {
    return new Message.Done(0, outcome, text, Map.of(), 0);
  }

  /**
   * The run is stopped, and no worker has the user.
   *
   * @param attempts how often one has had him before
   */
  static Message.Done stopped(int attempts) {
    return attempts == 0
        ? done(Outcome.NOT_BEGUN, NOT_BEGUN)
        : done(Outcome.CANCELLED, "Cancelled");
  }

  /** Of a user whose servers cannot be asked. */
  static Outcome outcome(Failure unavailable) {
    boolean passes = unavailable.outcome() == Outcome.TEMPORARY_FAILURE;
    return passes ? Outcome.UNREACHABLE : unavailable.outcome();
  }
}
