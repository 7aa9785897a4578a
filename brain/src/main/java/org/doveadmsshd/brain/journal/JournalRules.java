package org.doveadmsshd.brain.journal;

import java.time.Duration;

/**
 * What becomes of journals in their directory.
 *
 * @param keep how long they are kept; zero for ever
 * @param size most bytes that all of them may take; 0 for any number
 * @param stopsWhenFull whether a run stops when it cannot be written down any more
 */
public record JournalRules(Duration keep, long size, boolean stopsWhenFull) {
  /** Where no configuration says anything. */
  public static final JournalRules USUAL = new JournalRules(Duration.ofDays(30), 1L << 30, false);
}
