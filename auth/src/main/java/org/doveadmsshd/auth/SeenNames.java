package org.doveadmsshd.auth;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Sha256;

/**
 * Tells which names have been there before. It keeps 128 bits of their hashes, which no two names
 * share, in at most 48 bytes for each. One thread.
 */
final class SeenNames {
  private static final int FIRST = 1024;
  private static final long PATIENCE_MILLIS = 10_000;

  private final MemoryBudget.Share memory;
  private final MessageDigest digest;

  /** Pairs; the first of a free one is 0. */
  private long[] table = new long[2 * FIRST];

  private int size;

  /**
   * @param memory draws the table, until it is closed
   */
  SeenNames(MemoryBudget.Share memory) {
    this.memory = memory;
    digest = Sha256.begin();
  }

  /**
   * Remembers a name; false when it has been there.
   *
   * @throws Failure when there is no room for more
   */
  boolean add(byte[] name) throws Failure {
    ByteBuffer hash = ByteBuffer.wrap(digest.digest(name));
    if (!put(hash.getLong() | 1, hash.getLong())) {
      return false;
    }
    if (++size > table.length / 2 / 4 * 3) {
      grow();
    }
    return true;
  }

  private boolean put(long first, long second) {
    int pairs = table.length / 2;
    int at = (int) (second & pairs - 1);
    while (table[2 * at] != 0) {
      if (table[2 * at] == first && table[2 * at + 1] == second) {
        return false;
      }
      at = at + 1 & pairs - 1;
    }
    table[2 * at] = first;
    table[2 * at + 1] = second;
    return true;
  }

  private void grow() throws Failure {
    long bytes = 2L * table.length * Long.BYTES;
    try {
      if (!memory.take(bytes, PATIENCE_MILLIS)) {
        throw new Failure(
            Outcome.TEMPORARY_FAILURE,
            "The server has no memory for so many names of users at the moment; try again later");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.temporary("Stopped while users were listed", e);
    }
    long[] old = table;
    table = new long[2 * old.length];
    for (int i = 0; i < old.length; i += 2) {
      if (old[i] != 0) {
        put(old[i], old[i + 1]);
      }
    }
    memory.give((long) old.length * (old.length > 2 * FIRST ? Long.BYTES : 0));
  }
}
