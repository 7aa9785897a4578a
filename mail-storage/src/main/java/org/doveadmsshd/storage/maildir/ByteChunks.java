package org.doveadmsshd.storage.maildir;

import java.util.ArrayList;
import java.util.List;

/**
 * Many short runs of bytes in few arrays, one behind the other; nothing is ever removed. A run does
 * not cross the end of an array, so it can be read where it lies.
 */
final class ByteChunks {
  /** Longest run, in bytes. */
  static final int LONGEST = 0xff00;

  private static final int BITS = 16;
  private static final int CHUNK = 1 << BITS;
  private static final int MASK = CHUNK - 1;
  private static final int FIRST = 2048;
  private static final int MOST_CHUNKS = 1 << (Integer.SIZE - 1 - BITS);

  private final Room room;
  private final List<byte[]> chunks = new ArrayList<>();
  private int used = CHUNK;

  ByteChunks(Room room) {
    this.room = room;
  }

  /**
   * Adds a run behind its length of one or two bytes.
   *
   * @param lengthBytes 1 for runs of at most 255 bytes, else 2
   * @return where it lies: never negative
   */
  int add(byte[] from, int start, int length, int lengthBytes) throws Room.NoneException {
    byte[] chunk = chunkFor(length + lengthBytes);
    int address = (chunks.size() - 1) << BITS | used;
    if (lengthBytes == 2) {
      chunk[used++] = (byte) (length >> 8);
    }
    chunk[used++] = (byte) length;
    System.arraycopy(from, start, chunk, used, length);
    used += length;
    return address;
  }

  private byte[] chunkFor(int bytes) throws Room.NoneException {
    int last = chunks.size() - 1;
    if (used + bytes > CHUNK) {
      if (chunks.size() == MOST_CHUNKS) {
        throw new Room.NoneException();
      }
      int size = last < 0 ? Math.max(FIRST, bytes) : CHUNK;
      room.grow(size);
      chunks.add(new byte[size]);
      used = 0;
      return chunks.get(last + 1);
    }
    byte[] chunk = chunks.get(last);
    if (used + bytes > chunk.length) { // only the first begins small
      int size = Math.min(CHUNK, Math.max(4 * chunk.length, used + bytes));
      room.grow(size - chunk.length);
      chunk = java.util.Arrays.copyOf(chunk, size);
      chunks.set(last, chunk);
    }
    return chunk;
  }

  /** The array in which a run lies. */
  byte[] array(int address) {
    return chunks.get(address >>> BITS);
  }

  /** Where in its array the length of a run stands; the run is behind it. */
  static int at(int address) {
    return address & MASK;
  }
}
