package org.doveadmsshd.storage.maildir;

import java.time.Duration;
import java.util.Optional;
import org.doveadmsshd.storage.posix.Directory;
import org.doveadmsshd.storage.posix.OpenFile;
import org.doveadmsshd.storage.posix.PosixException;

/**
 * The cache of one mailbox on disk. It only saves work: where it is missing, damaged or cannot be
 * written, everything is looked up again.
 *
 * @param directory of the mailbox
 * @param settled how long a mailbox must have been left alone for its listing to be remembered. It
 *     is more than the coarsest change times of file systems: a change that comes after a listing
 *     must not look as if it had come before
 */
record MailCacheFile(Directory directory, Duration settled) {
  private static final String FILE = "doveadm-sshd.cache";
  private static final String ASIDE = FILE + ".tmp";
  private static final long ABANDONED = 60;

  /** What is remembered; nothing where that is of no use, or there is no room for it. */
  Optional<MailCache> read(Room room) {
    long used = room.used();
    try (OpenFile file = directory.read(FILE).stable()) {
      byte[] content = file.readAll(MailCache.MAX_SIZE + 1);
      room.grow(content.length);
      return MailCache.parse(content, room);
    } catch (PosixException | Room.NoneException e) {
      room.back(used);
      return Optional.empty();
    }
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

  /** Creates the file that is written aside. False when somebody else is at it. */
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
    if (age > ABANDONED) { // by somebody who was killed
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
