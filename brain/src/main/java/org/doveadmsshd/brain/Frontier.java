package org.doveadmsshd.brain;

import java.util.BitSet;

/**
 * How far a list has come whose entries end in any order. Keeps one bit for each entry between the
 * first that is waited for and the last that has ended. Not safe for several threads.
 */
final class Frontier {
  /** How many bits are kept that say nothing any more. */
  private static final int SLACK = 4096;

  /** Entries that have ended, counted from base. */
  private BitSet ended = new BitSet();

  private long base;
  private long next;

  /** The first entry that is waited for: none before it is. */
  long next() {
    return next;
  }

  /** An entry has ended. Returns whether another one is the first that is waited for. */
  boolean end(long entry) {
    if (entry < next) {
      return false;
    }
    ended.set((int) (entry - base));
    return moveTo(next);
  }

  /** This entry and all before it are not waited for any more. */
  void pass(long entry) {
    moveTo(Math.max(next, entry + 1));
  }

  /** Moves to the first entry from there on that has not ended. */
  private boolean moveTo(long from) {
    long before = next;
    next = base + ended.nextClearBit((int) (from - base));
    if (next - base >= SLACK) {
      int gone = (int) (next - base);
      ended = ended.get(gone, Math.max(gone, ended.length()));
      base = next;
    }
    return next > before;
  }
}
