package org.doveadmsshd.auth.scheme;

/**
 * The cost of computing a hash, estimated from its text.
 *
 * @param memory bytes
 * @param millis on a processor of our days
 */
public record HashCost(long memory, long millis) {
  /** Next to nothing. */
  static final HashCost LITTLE = new HashCost(0, 0);

  /** The cost is unknown. */
  static final HashCost UNKNOWN = new HashCost(Long.MAX_VALUE, Long.MAX_VALUE);

  private static final long MAX_MEMORY = 64L * 1024 * 1024;
  private static final long MAX_MILLIS = 5000;

  /** Whether the cost is known. */
  public boolean isKnown() {
    return millis != Long.MAX_VALUE;
  }

  /** Whether any client may have it computed, as often as it likes. */
  public boolean isModest() {
    return memory <= MAX_MEMORY && millis <= MAX_MILLIS;
  }
}
