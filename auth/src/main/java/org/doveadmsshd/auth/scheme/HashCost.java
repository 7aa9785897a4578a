package org.doveadmsshd.auth.scheme;

/**
 * What it takes to compute a hash, estimated from what it says of itself.
 *
 * @param memory bytes
 * @param millis on a processor of our days
 */
public record HashCost(long memory, long millis) {
  /** Next to nothing. */
  static final HashCost LITTLE = new HashCost(0, 0);

  /** It cannot be told. */
  static final HashCost UNKNOWN = new HashCost(Long.MAX_VALUE, Long.MAX_VALUE);

  private static final long MAX_MEMORY = 64L * 1024 * 1024;
  private static final long MAX_MILLIS = 5000;

  /** Whether it can be told. */
  public boolean isKnown() {
    return millis != Long.MAX_VALUE;
  }

  /** Whether any client may have it computed, as often as it likes. */
  public boolean isModest() {
    return memory <= MAX_MEMORY && millis <= MAX_MILLIS;
  }
}
