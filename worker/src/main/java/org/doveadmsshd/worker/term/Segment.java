package org.doveadmsshd.worker.term;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A file of terms: a page that says what it is, then pages of records, of which the first free one
 * is all zero. A user's page follows from the key. A record lies within one sector, so that a crash
 * leaves it as it was before or after.
 *
 * <p>Finding and writing needs a lock around it; {@link #await} may be called by several threads.
 *
 * <p>Not a {@link FileChannel}: an interrupted thread would close it for all.
 */
final class Segment implements Closeable {
  static final int PAGE = 4096;
  static final int SALT = 16;
  private static final int RECORD = 32;
  private static final long MAGIC = 0x646f76_7465726d31L; // "dov" "term1"
  private static final FileAttribute<?> OWN =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path path;
  private final RandomAccessFile file;
  private final long pages;
  private final byte[] salt = new byte[SALT];
  private final byte[] page = new byte[PAGE];
  private final ByteBuffer records = ByteBuffer.wrap(page);

  /** Guards the three below; whoever has it never waits for the disk. */
  private final Object syncing = new Object();

  private long written;
  private long synced;
  private boolean isSyncing;
  private boolean isBroken;

  /** Who a user is here: 128 bits of a hash. */
  record Key(long high, long low) {}

  /**
   * Where a user's term is, or would be.
   *
   * @param at the record's place in the file; negative when the page is full
   * @param isThere whether it has one
   */
  record Slot(Segment segment, long at, boolean isThere, long term) {}

  private Segment(Path path, RandomAccessFile file) throws IOException {
    this.path = path;
    this.file = file;
    pages = file.length() / PAGE - 1;
    boolean isWhole = file.length() == (pages + 1) * PAGE && Long.bitCount(pages) == 1;
    file.seek(0);
    boolean isOurs = isWhole && file.readLong() == MAGIC;
    if (!isOurs) {
      throw damaged();
    }
    file.readFully(salt);
  }

  static Segment open(Path path) throws IOException {
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    boolean isOpen = false;
    try {
      Segment segment = new Segment(path, file);
      isOpen = true;
      return segment;
    } finally {
      if (!isOpen) {
        file.close();
      }
    }
  }

  /**
   * Makes an empty one. It is there as a whole or not at all.
   *
   * @param pages a power of two
   */
  static Segment make(Path path, long pages, byte[] salt) throws IOException {
    try (Segment unfinished = unfinished(path, pages, salt)) {
      unfinished.finish(path);
    }
    return open(path);
  }

  /**
   * Makes an empty one that does not count before it is {@linkplain #finish finished}.
   *
   * @param path where it is to be then
   */
  static Segment unfinished(Path path, long pages, byte[] salt) throws IOException {
    Path unfinished = path.resolveSibling(path.getFileName() + ".new");
    Files.deleteIfExists(unfinished);
    Files.createFile(unfinished, OWN);
    try (RandomAccessFile file = new RandomAccessFile(unfinished.toFile(), "rw")) {
      file.setLength((pages + 1) * PAGE);
      file.writeLong(MAGIC);
      file.write(salt);
    }
    return open(unfinished);
  }

  /** Puts it, with all that is written, in the place of what is there. */
  void finish(Path place) throws IOException {
    file.getFD().sync();
    Files.move(path, place, StandardCopyOption.ATOMIC_MOVE);
    sync(place.getParent());
  }

  /** Removes it, so that a crash does not bring it back. */
  void remove() throws IOException {
    close();
    Files.delete(path);
    sync(path.getParent());
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** How many users have a record. Reads it all. */
  long users() throws IOException {
    long users = 0;
    for (long number = 1; number <= pages; number++) {
      file.seek(number * PAGE);
      file.readFully(page);
      for (int at = 0; at < PAGE && records.getLong(at + 8) != 0; at += RECORD) {
        users++;
      }
    }
    return users;
  }

  byte[] salt() {
    return salt.clone();
  }

  long pages() {
    return pages;
  }

  /** What it takes; what was never written to is a hole. */
  long bytes() throws IOException {
    return file.length();
  }

  /** Finds a user's record, or room for it. */
  Slot find(Key key) throws IOException {
    long start = (1 + (key.high & pages - 1)) * PAGE;
    file.seek(start);
    file.readFully(page);
    for (int at = 0; at < PAGE; at += RECORD) {
      long high = records.getLong(at);
      long low = records.getLong(at + 8);
      long term = records.getLong(at + 16);
      long check = records.getLong(at + 24);
      if (high == 0 && low == 0 && term == 0 && check == 0) {
        return new Slot(this, start + at, false, 0);
      }
      if (check != check(high, low, term)) {
        throw damaged();
      }
      if (high == key.high && low == key.low) {
        return new Slot(this, start + at, true, term);
      }
    }
    return new Slot(this, -1, false, 0);
  }

  /** Writes a record; {@link #await} returns when it is on disk. */
  void write(Slot slot, Key key, long term) throws IOException {
    byte[] record = new byte[RECORD];
    ByteBuffer.wrap(record)
        .putLong(key.high)
        .putLong(key.low)
        .putLong(term)
        .putLong(check(key.high, key.low, term));
    file.seek(slot.at);
    file.write(record);
    synchronized (syncing) {
      written++;
    }
  }

  private static long check(long high, long low, long term) {
    long sum = 0x9e3779b97f4a7c15L;
    sum = Long.rotateLeft((sum ^ high) * 0xbf58476d1ce4e5b9L, 29);
    sum = Long.rotateLeft((sum ^ low) * 0x94d049bb133111ebL, 31);
    sum = Long.rotateLeft((sum ^ term) * 0xd6e8feb86659fd93L, 27);
    return sum;
  }

  /**
   * Waits until all that is written now is on disk. Of several threads one has it written, for all
   * that wait.
   *
   * @throws IOException when it cannot be said whether it is; it never can again, since what the
   *     disk did not take may be forgotten by then
   */
  void await() throws IOException {
    long upTo = begin();
    if (upTo == 0) {
      return;
    }
    boolean isDone = false;
    try {
      file.getFD().sync();
      isDone = true;
    } finally {
      end(upTo, isDone);
    }
  }

  /** Waits for who syncs. Returns 0 when nothing is left to do, else what the caller syncs. */
  private long begin() throws IOException {
    boolean isInterrupted = false;
    try {
      synchronized (syncing) {
        long wanted = written;
        while (isSyncing && synced < wanted && !isBroken) {
          try {
            syncing.wait();
          } catch (InterruptedException e) {
            isInterrupted = true; // the disk does not take longer for that
          }
        }
        if (isBroken) {
          throw new IOException(
              "the disk did not take them, and can be trusted after a restart only");
        }
        isSyncing |= synced < wanted;
        return synced < wanted ? written : 0;
      }
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void end(long upTo, boolean isDone) {
    synchronized (syncing) {
      isSyncing = false;
      isBroken |= !isDone;
      synced = isDone ? upTo : synced;
      syncing.notifyAll();
    }
  }

  private IOException damaged() {
    return new IOException(
        "%s is damaged; move the directory away while the server is stopped, and terms begin anew"
            .formatted(path));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
