package org.doveadmsshd.base;

import java.util.Optional;

/**
 * What became of one user in a run: the closed list of results that callers act on.
 *
 * <p>Exit codes are those of doveadm, which took them from sysexits.h. The byte on the wire is
 * fixed for ever; new outcomes get new numbers.
 */
public enum Outcome {
  OK(0, 0),
  USAGE(1, 64),
  DATA_ERROR(2, 65),
  NO_USER(3, 67),
  NOT_FOUND(4, 68),
  CANNOT_CREATE(5, 73),
  TEMPORARY_FAILURE(6, 75),
  PROTOCOL_ERROR(7, 76),
  NO_PERMISSION(8, 77),
  CONFIGURATION_ERROR(9, 78),
  /** The deadline of the request passed; whatever had been done until then stays done. */
  TIMED_OUT(10, 75),
  /** Stopped on request; whatever had been done until then stays done. */
  CANCELLED(11, 75);

  private static final Outcome[] BY_CODE = new Outcome[values().length];

  static {
    for (Outcome outcome : values()) {
      BY_CODE[outcome.code] = outcome;
    }
  }

  private final int code;
  private final int exitCode;

  Outcome(int code, int exitCode) {
    this.code = code;
    this.exitCode = exitCode;
  }

  /** The byte that stands for this outcome in a DONE message. */
  public int code() {
    return code;
  }

  /** The process exit code, 0 to 78. */
  public int exitCode() {
    return exitCode;
  }

  public boolean isOk() {
    return this == OK;
  }

  /**
   * Whether nothing more of a request is to be tried: it was cancelled, or its deadline passed.
   * Other failures of one part leave the rest to be done.
   */
  public boolean endsRequest() {
    return this == CANCELLED || this == TIMED_OUT;
  }

  /** The outcome for a byte from the wire; empty for a number that this version does not know. */
  public static Optional<Outcome> of(int code) {
    return code < 0 || code >= BY_CODE.length ? Optional.empty() : Optional.of(BY_CODE[code]);
  }
}
