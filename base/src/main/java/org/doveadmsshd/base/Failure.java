package org.doveadmsshd.base;

import java.util.Objects;

/**
 * Something could not be done, and why, in words that may be shown to a remote user.
 *
 * <p>The message names what failed, where, and where it helps what to do; it holds no path of the
 * server that the user could not know. What only the log may hold is in {@link #getCause()}.
 */
public class Failure extends Exception {
  private final transient Outcome outcome;

  public Failure(Outcome outcome, String message) {
    this(outcome, message, null);
  }

  public Failure(Outcome outcome, String message, Throwable cause) {
    super(Objects.requireNonNull(message), cause);
    this.outcome = Objects.requireNonNull(outcome);
  }

  public Outcome outcome() {
    return outcome;
  }

  public static Failure usage(String message) {
    return new Failure(Outcome.USAGE, message);
  }

  public static Failure temporary(String message, Throwable cause) {
    return new Failure(Outcome.TEMPORARY_FAILURE, message, cause);
  }
}
