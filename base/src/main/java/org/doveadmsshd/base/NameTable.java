package org.doveadmsshd.base;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/**
 * A number for each of any count of names.
 *
 * <p>A hash table of 24 bytes for each name. A small one is in memory; a big one is in a temporary
 * file that is mapped, so the heap stays as it is with ten million names. Names are told apart by
 * 128 bits of SHA-256, which nobody can make collide. Safe for several threads.
 */
public final class NameTable implements Closeable {
  private static final int SLOT = 24;
  private static final int FIRST_SLOTS = 1 << 6;
  private static final int MOST_SLOTS = 1 << 26;
  private static final int SLOTS_IN_MEMORY = 1 << 15;
  private static final int ZEROS = 64 * 1024;

  private final MessageDigest digest;
  private ByteBuffer table = ByteBuffer.allocate(FIRST_SLOTS * SLOT);
  private int slots = FIRST_SLOTS;
  private int names;

  /** Makes an empty one. */
  public NameTable() {
    digest = Sha256.begin();
  }

  /**
   * Gives a name a number, and says which it had.
   *
   * @param value not 0
   * @param name in one or several parts
   * @return 0 when it had none
   * @throws IOException when there is no room for it on the disk, or for any more at all; the table
   *     is as it was
   */
  public synchronized long put(long value, String... name) throws IOException {
    if (names > slots / 4 * 3) {
      grow();
    }
    ByteBuffer key = key(name);
    int at = find(table, slots, key.getLong(0), key.getLong(8));
    long before = table.getLong(at + 16);
    if (before == 0) {
      names++;
      table.putLong(at, key.getLong(0));
      table.putLong(at + 8, key.getLong(8));
    }
    table.putLong(at + 16, value);
    return before;
  }

  /** The number of a name; 0 when it has none. */
  public synchronized long get(String... name) {
    ByteBuffer key = key(name);
    return table.getLong(find(table, slots, key.getLong(0), key.getLong(8)) + 16);
  }

  /** How many names have a number. */
  public synchronized int size() {
    return names;
  }

  private ByteBuffer key(String... name) {
    for (int i = 0; i < name.length; i++) {
      if (i > 0) {
        digest.update((byte) 0);
      }
      digest.update(name[i].getBytes(StandardCharsets.UTF_8));
    }
    return ByteBuffer.wrap(digest.digest());
  }

  /** Where a name stands, or would stand. */
  private static int find(ByteBuffer table, int slots, long first, long second) {
    for (int slot = (int) (first & slots - 1); ; slot = slot + 1 & slots - 1) {
      int at = slot * SLOT;
      boolean free = table.getLong(at + 16) == 0;
      if (free || table.getLong(at) == first && table.getLong(at + 8) == second) {
        return at;
      }
    }
  }

  private void grow() throws IOException {
    if (slots == MOST_SLOTS) {
      throw new IOException("there are more names than can be told apart");
    }
    int more = 2 * slots;
    ByteBuffer bigger = more <= SLOTS_IN_MEMORY ? ByteBuffer.allocate(more * SLOT) : map(more);
    for (int at = 0; at < slots * SLOT; at += SLOT) {
      if (table.getLong(at + 16) != 0) {
        int to = find(bigger, more, table.getLong(at), table.getLong(at + 8));
        bigger.put(to, table, at, SLOT);
      }
    }
    table = bigger;
    slots = more;
  }

  /** A file that has its room before it is mapped: else a full disk would be a fault of memory. */
  private static ByteBuffer map(int slots) throws IOException {
    Path file = Files.createTempFile("doveadm", null); // readable by the owner alone
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long size = (long) slots * SLOT;
      ByteBuffer zeros = ByteBuffer.allocate(ZEROS);
      for (long written = 0; written < size; ) {
        zeros.clear().limit((int) Math.min(ZEROS, size - written));
        written += channel.write(zeros);
      }
      return channel.map(FileChannel.MapMode.READ_WRITE, 0, size);
    } finally {
      Files.delete(file); // what is mapped stays until nobody has it
    }
  }

  @Override
  public synchronized void close() {
    table = ByteBuffer.allocate(SLOT); // the file goes with what was mapped
    slots = 1;
  }
}
