package org.doveadmsshd.storage.mime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Looks at bytes eight at a time: the first of them is the lowest byte of a word. */
final class Octets {
  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;

  private Octets() {}

  /** The eight bytes from a position on. */
  static long at(byte[] bytes, int index) {
    return (long) WORDS.get(bytes, index);
  }

  /** A word of eight equal bytes. */
  static long all(int b) {
    return (b & 0xff) * ONES;
  }

  /**
   * Marks the bytes of a word that are 0 by their highest bit. The lowest mark is right; marks
   * above it need not be.
   */
  static long zeros(long word) {
    return word - ONES & ~word & HIGHS;
  }

  /** Which byte of a word the lowest mark is on; there must be one. */
  static int first(long marks) {
    return Long.numberOfTrailingZeros(marks) >>> 3;
  }

  /** Where the next byte from 0x80 on is; the end where there is none. */
  static int nextHigh(byte[] bytes, int from, int to) {
    int i = from;
    for (; i + 32 <= to; i += 32) {
      long any = at(bytes, i) | at(bytes, i + 8) | at(bytes, i + 16) | at(bytes, i + 24);
      if ((any & HIGHS) != 0) {
        break;
      }
    }
    for (; i + 8 <= to; i += 8) {
      long marks = at(bytes, i) & HIGHS;
      if (marks != 0) {
        return i + first(marks);
      }
    }
    while (i < to && bytes[i] >= 0) {
      i++;
    }
    return i;
  }
}
