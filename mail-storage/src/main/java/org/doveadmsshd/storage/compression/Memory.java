package org.doveadmsshd.storage.compression;

/**
 * The budget from which inflating takes what it needs beyond the piece that every mail has. Used by
 * the thread that reads.
 */
public interface Memory {
  /**
   * Takes bytes; may wait for them.
   *
   * @return false when they are not to be had; nothing is taken then
   */
  boolean take(long bytes);

  /** Gives bytes back that have been taken. */
  void give(long bytes);
}
