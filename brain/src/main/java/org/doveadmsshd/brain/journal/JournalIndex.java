package org.doveadmsshd.brain.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;

/**
 * The last line about each user of a journal: where it stands, and with which outcome.
 *
 * <p>A hash table of 24 bytes for each user. A small one is in memory; a big one is in a temporary
 * file that is mapped, so the heap stays as it is with ten million users. Users are told apart by
 * 128 bits of SHA-256, which nobody can make collide. Filled by one thread; then safe for several.
 */
public final class JournalIndex implements Closeable {
  private static final int SLOT = 24;
  private static final int FIRST_SLOTS = 1 << 12;
  private static final int MOST_SLOTS = 1 << 26;
  private static final int SLOTS_IN_MEMORY = 1 << 15;
  private static final int ZEROS = 64 * 1024;

  /** Of the last half of a slot: the position, and the outcome's code and one. */
  private static final int OUTCOME_BITS = 8;

  private final boolean eachServer;
  private final MessageDigest digest;
  private ByteBuffer table = ByteBuffer.allocate(FIRST_SLOTS * SLOT);
  private int slots = FIRST_SLOTS;
  private int users;
  private int failed;

  /**
   * @param eachServer whether a user who is on two servers is two users
   */
  JournalIndex(boolean eachServer) {
    this.eachServer = eachServer;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /**
   * Reads a journal to its end.
   *
   * @throws Failure when it is damaged, or the table has no room on the disk
   */
  public static JournalIndex of(JournalReader reader) throws Failure {
    JournalIndex index = new JournalIndex(reader.header().eachServer());
    for (JournalLine line; (line = reader.next()) != null; ) {
      if (line instanceof JournalLine.User) {
        index.put((JournalLine.User) line);
      }
    }
    return index;
  }

  /** Takes the next line of the journal. */
  synchronized void put(JournalLine.User line) throws Failure {
    if (users > slots / 4 * 3) {
      grow();
    }
    ByteBuffer key = key(line.end().user(), line.end().server());
    int at = find(table, slots, key.getLong(0), key.getLong(8));
    if (table.getLong(at + 16) == 0) {
      users++;
      table.putLong(at, key.getLong(0));
      table.putLong(at + 8, key.getLong(8));
    }
    Optional<Outcome> before = outcome(table.getLong(at + 16));
    failed += line.end().outcome().isOk() ? 0 : 1;
    failed -= before.isPresent() && !before.get().isOk() ? 1 : 0;
    table.putLong(at + 16, line.position() << OUTCOME_BITS | line.end().outcome().code() + 1);
  }

  private ByteBuffer key(String user, String server) {
    digest.update(user.getBytes(StandardCharsets.UTF_8));
    if (eachServer) {
      digest.update((byte) 0);
      digest.update(server.getBytes(StandardCharsets.UTF_8));
    }
    return ByteBuffer.wrap(digest.digest());
  }

  /** Where a user stands, or would stand. */
  private static int find(ByteBuffer table, int slots, long first, long second) {
    for (int slot = (int) (first & slots - 1); ; slot = slot + 1 & slots - 1) {
      int at = slot * SLOT;
      boolean free = table.getLong(at + 16) == 0;
      if (free || table.getLong(at) == first && table.getLong(at + 8) == second) {
        return at;
      }
    }
  }

  private void grow() throws Failure {
    if (slots == MOST_SLOTS) {
      throw new Failure(Outcome.DATA_ERROR, "The journal has more users than can be told apart");
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
  private static ByteBuffer map(int slots) throws Failure {
    try {
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
    } catch (IOException e) {
      throw Failure.temporary(
          "The users of the journal cannot be kept in a temporary file (%s); nothing was done"
              .formatted(Reason.of(e)),
          e);
    }
  }

  /** How many users there are. */
  public synchronized int users() {
    return users;
  }

  /** For how many of them the last outcome is not ok. */
  public synchronized int failed() {
    return failed;
  }

  /** Whether no later line is about that user. */
  public synchronized boolean isLast(JournalLine.User line) {
    long last = last(line.end().user(), line.end().server());
    return last >>> OUTCOME_BITS == line.position() && last != 0;
  }

  /** How a user ended last; nothing for one whom no line is about. */
  public synchronized Optional<Outcome> outcome(String user, String server) {
    return outcome(last(user, server));
  }

  private static Optional<Outcome> outcome(long last) {
    return last == 0 ? Optional.empty() : Outcome.of((int) (last & (1 << OUTCOME_BITS) - 1) - 1);
  }

  private long last(String user, String server) {
    ByteBuffer key = key(user, server);
    return table.getLong(find(table, slots, key.getLong(0), key.getLong(8)) + 16);
  }

  @Override
  public synchronized void close() {
    table = ByteBuffer.allocate(SLOT); // the file goes with what was mapped
    slots = 1;
  }
}
