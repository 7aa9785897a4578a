package org.doveadmsshd.storage.maildir;

import java.io.Closeable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.FileStatus;
import org.doveadmsshd.posix.Host;
import org.doveadmsshd.posix.OpenFile;
import org.doveadmsshd.posix.PosixException;

/**
 * {@code dovecot-uidlist.lock}: the process that has created it may assign UIDs.
 *
 * <p>The file says {@code pid:host}. A lock of a living process on this machine is never
 * overridden, one of a dead process when it is two seconds old, one of another machine when neither
 * it nor the UID list has changed for two minutes (Dovecot: file-dotlock.c). Hold it briefly:
 * Dovecot waits meanwhile and then answers with the old mails only.
 */
final class UidListLock implements Closeable {
  static final String FILE = UidList.FILE + ".lock";

  private static final long SECOND = 1_000_000_000L;
  private static final long DEAD_AGE = 2 * SECOND;
  private static final long FOREIGN_AGE = 120 * SECOND;

  /**
   * Locks this process holds, by inode: a lock file with our number is stale if not in here. The
   * file names its holder by the number of the process, so there is one such set in a process: with
   * two, each would take the other's locks for stale.
   */
  private static final Set<String> HELD = ConcurrentHashMap.newKeySet();

  private final Directory directory;
  private final FileStatus own;
  private final Consumer<PosixException> trouble;

  private UidListLock(Directory directory, FileStatus own, Consumer<PosixException> trouble) {
    this.directory = directory;
    this.own = own;
    this.trouble = trouble;
  }

  /**
   * Takes the lock, waiting as long as another thread or process has it.
   *
   * @throws Failure when it was not free in time, or the thread was interrupted
   */
  static UidListLock acquire(Directory directory, String mailbox, MaildirStore.Context context)
      throws Failure, PosixException {
    Duration patience = context.lockPatience();
    long deadline = System.nanoTime() + patience.toNanos();
    long pause = 10 + ThreadLocalRandom.current().nextLong(20);
    Consumer<PosixException> trouble =
        e ->
            context
                .warnings()
                .accept(
                    "Mailbox %s: what was to be done is done, but %s cannot be removed: %s. Others wait for it; remove it by hand"
                        .formatted(mailbox, FILE, MaildirStore.reason(e)));
    while (true) {
      try {
        return create(directory, trouble);
      } catch (PosixException e) {
        if (!e.isExisting()) {
          throw e;
        }
      }
      if (removeIfStale(directory)) {
        continue;
      }
      if (System.nanoTime() > deadline) {
        throw new Failure(
            Outcome.TEMPORARY_FAILURE,
            "Mailbox %s is locked by %s; gave up after %d s"
                .formatted(mailbox, holder(directory), patience.toSeconds()));
      }
      context.checkpoint().check();
      pause(mailbox, pause);
      pause = Math.min(pause * 3 / 2, 1000);
    }
  }

  private static void pause(String mailbox, long millis) throws Failure {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(Outcome.CANCELLED, "Mailbox " + mailbox + ": stopped while it was locked");
    }
  }

  /**
   * Makes the lock elsewhere and links it into its place. So a process that is killed meanwhile
   * leaves no empty lock, which every program would respect for two minutes.
   */
  private static UidListLock create(Directory directory, Consumer<PosixException> trouble)
      throws PosixException {
    String aside =
        "%s.%d.%d.%s"
            .formatted(FILE, System.nanoTime(), ProcessHandle.current().pid(), Host.name());
    try (Directory tmp = directory.directory("tmp")) {
      return create(directory, tmp, aside, trouble);
    } catch (PosixException e) {
      if (e.isMissing() || e.isUnlinkable()) { // no such directory, or no links on this file system
        return create(directory, directory, FILE, trouble);
      }
      throw e;
    }
  }

  private static UidListLock create(
      Directory directory, Directory where, String name, Consumer<PosixException> trouble)
      throws PosixException {
    boolean inPlace = name.equals(FILE);
    FileStatus own = null;
    boolean complete = false;
    try (OpenFile file = where.create(name, 0644)) {
      own = file.status();
      HELD.add(key(own));
      file.adopt(directory.status());
      String content = ProcessHandle.current().pid() + ":" + Host.name();
      file.write(content.getBytes(StandardCharsets.ISO_8859_1));
      if (!inPlace) {
        where.link(name, directory, FILE);
        where.unlink(name);
      }
      complete = true;
      return new UidListLock(directory, own, trouble);
    } finally {
      if (own != null && !complete) {
        try {
          new UidListLock(directory, own, trouble).close(); // it may be in its place already
        } finally {
          if (!inPlace) {
            where.unlink(name);
          }
        }
      }
    }
  }

  /** Removes a stale lock. Returns whether it is worth trying again at once. */
  private static boolean removeIfStale(Directory directory) throws PosixException {
    try {
      FileStatus lock = directory.status(FILE);
      if (!isStale(directory, lock)) {
        return false;
      }
      FileStatus again = directory.status(FILE);
      if (again.isSameFile(lock) && again.modifiedNanos() == lock.modifiedNanos()) {
        directory.unlink(FILE);
      }
      return true;
    } catch (PosixException e) {
      if (e.isMissing()) {
        return true;
      }
      throw e;
    }
  }

  /** Whether a lock lies there that nobody holds. */
  static boolean isLeft(Directory directory) throws PosixException {
    return isStale(directory, directory.status(FILE));
  }

  private static boolean isStale(Directory directory, FileStatus lock) throws PosixException {
    long now = System.currentTimeMillis() * 1_000_000L;
    String holder = holder(directory);
    int colon = holder.indexOf(':');
    if (colon > 0 && holder.substring(colon + 1).equals(Host.name())) {
      long pid = pid(holder.substring(0, colon));
      boolean mine = pid == ProcessHandle.current().pid();
      boolean held = mine ? HELD.contains(key(lock)) : Host.isAlive(pid);
      return !held && now - lock.modifiedNanos() > DEAD_AGE;
    }
    return now - lock.modifiedNanos() > FOREIGN_AGE && now - listModified(directory) > FOREIGN_AGE;
  }

  private static long listModified(Directory directory) throws PosixException {
    try {
      return directory.status(UidList.FILE).modifiedNanos();
    } catch (PosixException e) {
      if (e.isMissing()) {
        return 0;
      }
      throw e;
    }
  }

  private static long pid(String digits) {
    return digits.matches("[0-9]{1,9}") ? Long.parseLong(digits) : 0;
  }

  /** What the lock file says: {@code pid:host}, or "somebody" where it says nothing. */
  private static String holder(Directory directory) throws PosixException {
    try (OpenFile file = directory.read(FILE)) {
      String content = new String(file.readAll(512), StandardCharsets.ISO_8859_1).strip();
      return content.isEmpty() ? "somebody" : content;
    } catch (PosixException e) {
      if (e.isMissing()) {
        return "somebody";
      }
      throw e;
    }
  }

  private static String key(FileStatus lock) {
    return lock.device() + ":" + lock.inode();
  }

  /**
   * Releases the lock, unless another process has overridden it: then it is that one's and stays. A
   * lock that cannot be released is a warning, as what was done under it is done.
   */
  @Override
  public void close() {
    try {
      if (directory.status(FILE).isSameFile(own)) {
        directory.unlink(FILE);
      }
    } catch (PosixException e) {
      if (!e.isMissing()) {
        trouble.accept(e);
      }
    } finally {
      HELD.remove(key(own));
    }
  }
}
