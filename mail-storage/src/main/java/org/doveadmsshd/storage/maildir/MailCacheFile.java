package org.doveadmsshd.storage.maildir;

import java.time.Duration;
import java.util.Optional;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.OpenFile;
import org.doveadmsshd.posix.PosixException;

/**
 * The cache of one mailbox on disk. It only saves work: where it is missing, damaged or cannot be
 * written, everything is looked up again.
 *
 * @param directory of the mailbox's control files: what the cache says is compared with the UID
 *     list, and it goes where that goes
 * @param settled how long a mailbox must have been left alone for its listing to be remembered. It
 *     is more than the coarsest change times of file systems: a change that comes after a listing
 *     must not look as if it had come before
 */
record MailCacheFile(Directory directory, Duration settled) {
  static final String FILE = "doveadm-sshd.cache";
  static final String ASIDE = FILE + ".tmp";
  private static final long ABANDONED = 60;

  /** The file, to be closed; nothing where there is none. */
  Optional<MailCacheReader> open() {
    try {
      return Optional.of(MailCacheReader.of(directory.read(FILE).stable(), false));
    } catch (PosixException e) {
      return Optional.empty();
    }
  }

  /** The file's facts about the mailbox as a whole; nothing if the file cannot be used. */
  static Optional<MailCache.Head> head(MailCacheReader file) {
    try {
      return MailCache.head(file);
    } catch (PosixException e) {
      return Optional.empty();
    }
  }

  /** The cached mails; nothing if the file cannot be used, or there is no room for them. */
  static Optional<MailCache> read(MailCache.Head head, MailCacheReader file, Room room) {
    long used = room.used();
    Optional<MailCache> cache = Optional.empty();
    try {
      cache = MailCache.read(head, file, room);
    } catch (PosixException | Room.NoneException e) {
      // the mails are listed, then
    }
    if (cache.isEmpty()) {
      room.back(used);
    }
    return cache;
  }

  /** The facts about the mails of a table; nothing if there is no room for them. */
  static Optional<MailCache.Known> known(
      MailCache.Head head, MailCacheReader file, MailTable table, Room room) {
    long used = room.used();
    Optional<MailCache.Known> known = Optional.empty();
    try {
      known = MailCache.known(head, file, table, room);
    } catch (PosixException | Room.NoneException e) {
      // the mails are asked, then
    }
    if (known.isEmpty()) {
      room.back(used);
    }
    return known;
  }

  /**
   * Puts a cache in the place of the old one in one step. It need not be durable: what a crash
   * leaves half written does not have its checksum.
   *
   * @param stampedAt when its stamp was taken, by {@link System#nanoTime}
   */
  void write(MailCache cache, long stampedAt) throws PosixException {
    if (!createAside()) {
      return;
    }
    boolean inPlace = false;
    try (OpenFile file = directory.append(ASIDE)) {
      file.adopt(directory.status());
      if (!cache.write(file::write)) {
        return;
      }
      long now = file.status().modifiedNanos(); // by the clock of the file system
      long stamped = now - (System.nanoTime() - stampedAt);
      if (stamped - cache.stamp().changedNanos() > settled.toNanos()) {
        directory.rename(ASIDE, FILE);
        inPlace = true;
      }
    } finally {
      if (!inPlace) {
        directory.unlink(ASIDE);
      }
    }
  }

  /** Creates the file that is written aside. False when another process is writing it. */
  private boolean createAside() throws PosixException {
    try {
      directory.create(ASIDE, 0600).close();
      return true;
    } catch (PosixException e) {
      if (!e.isExisting()) {
        throw e;
      }
    }
    long age = System.currentTimeMillis() / 1000 - directory.status(ASIDE).modifiedSeconds();
    if (age > ABANDONED) { // by a process that was killed
      directory.unlink(ASIDE);
    }
    return false;
  }

  /** Forgets everything. */
  void remove() throws PosixException {
    if (directory.has(FILE)) {
      directory.unlink(FILE);
    }
  }
}
