package org.doveadmsshd.storage.compression;

import java.io.Closeable;

/** The memory in which one mail is inflated: taken from a budget as it grows. */
final class MemoryUse implements Closeable {
  /** What every mail has without asking; most never need more. */
  static final long FREE = 256 * 1024;

  private static final long STEP = 1 << 20;

  private final Memory memory;
  private long taken;

  MemoryUse(Memory memory) {
    this.memory = memory;
  }

  /**
   * Says how much is in use now.
   *
   * @throws CompressionException when the budget does not have that much
   */
  void uses(long bytes) throws CompressionException {
    while (bytes > FREE + taken) {
      if (!memory.take(STEP)) {
        throw new CompressionException(CompressionException.NO_MEMORY);
      }
      taken += STEP;
    }
  }

  @Override
  public void close() {
    memory.give(taken);
    taken = 0;
  }
}
