package org.doveadmsshd.base;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What became of one user in a run: the closed list of results that callers act on.
 *
 * <p>Exit codes are those of doveadm, which took them from sysexits.h. The byte on the wire and the
 * word are fixed for ever; new outcomes get new ones.
 */
public enum Outcome {
  OK(0, "ok", 0),
  USAGE(1, "usage", 64),
  DATA_ERROR(2, "data-error", 65),
  NO_USER(3, "no-such-user", 67),
  NOT_FOUND(4, "not-found", 68),
  CANNOT_CREATE(5, "cannot-create", 73),
  TEMPORARY_FAILURE(6, "temporary", 75),
  PROTOCOL_ERROR(7, "protocol-error", 76),
  NO_PERMISSION(8, "not-allowed", 77),
  CONFIGURATION_ERROR(9, "configuration-error", 78),
  /** The deadline of the request passed; whatever had been done until then stays done. */
  TIMED_OUT(10, "timed-out", 75),
  /** Stopped on request; whatever had been done until then stays done. */
  CANCELLED(11, "cancelled", 75),
  /** A quota has no room for it. */
  OVER_QUOTA(12, "over-quota", 73),
  /** No worker has been asked: the run ended before it was this user's turn. */
  NOT_BEGUN(13, "not-begun", 75),
  /** No server that may have the user answers; nothing was done. */
  UNREACHABLE(14, "unreachable", 75),
  /** The worker was lost while it worked on the user: it may have been done, or in part. */
  UNKNOWN(15, "unknown", 75);

  private static final Outcome[] BY_CODE = new Outcome[values().length];
  private static final Map<String, Outcome> BY_WORD = new HashMap<>();

  static {
    for (Outcome outcome : values()) {
      BY_CODE[outcome.code] = outcome;
      BY_WORD.put(outcome.word, outcome);
    }
  }

  private final int code;
  private final String word;
  private final int exitCode;

  Outcome(int code, String word, int exitCode) {
    this.code = code;
    this.word = word;
    this.exitCode = exitCode;
  }

  /** The byte that stands for this outcome in a DONE message. */
  public int code() {
    return code;
  }

  /**
   * The word that stands for this outcome in journals, reports, options and documents: lower-case
   * letters and hyphens.
   */
  public String word() {
    return word;
  }

  /** The process exit code, 0 to 78. */
  public int exitCode() {
    return exitCode;
  }

  public boolean isOk() {
    return this == OK;
  }

  /**
   * Whether a worker may say it. The others are what a brain finds out about its servers, and never
   * on the wire.
   */
  public boolean isSaidByWorkers() {
    return code < NOT_BEGUN.code || code > UNKNOWN.code;
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

  /** The outcome for a word, in any case; empty for one that this version does not know. */
  public static Optional<Outcome> ofWord(String word) {
    return Optional.ofNullable(BY_WORD.get(word.toLowerCase(Locale.ROOT)));
  }
}
