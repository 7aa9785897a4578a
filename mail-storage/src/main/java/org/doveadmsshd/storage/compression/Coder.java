package org.doveadmsshd.storage.compression;

import java.io.Closeable;

/**
 * Has a library of the system compress or inflate, in an {@link Area}. One thread. What it holds
 * outside the heap is freed by {@link #close}, at the latest some time after it was lost.
 */
abstract class Coder implements Closeable {
  final Area area;
  private LostCoders.Handle held;

  /** The part of the input that has not been taken yet. */
  int from;

  int to;

  /** How many bytes the last step has left in the output. */
  int made;

  /** All bytes that have been made. */
  long total;

  Coder(Area area) {
    this.area = area;
  }

  /**
   * Says how to free what the library holds; from then on {@link #close} does that.
   *
   * @param end must not refer to the coder
   */
  final void holds(Runnable end) {
    held = LostCoders.add(this, end);
  }

  /**
   * Takes some of the input, and writes to the beginning of the output.
   *
   * @param room most bytes to write
   * @param last whether no input will come behind that which is there
   * @return whether what was begun is complete with this step: compressed data may be several such
   *     pieces, one behind the other
   * @throws CompressionException when it cannot go on
   */
  abstract boolean step(int room, boolean last) throws CompressionException;

  /** Bytes of memory in use by the library, as far as they grow with what is inflated. */
  abstract long memory() throws CompressionException;

  /** Notes what a step has done. */
  final void done(int taken, int written) {
    from += taken;
    made = written;
    total += written;
  }

  @Override
  public final void close() {
    if (held != null) {
      held.close();
    }
  }
}
