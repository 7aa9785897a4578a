package org.doveadmsshd.storage.maildir;

import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.FileStatus;
import org.doveadmsshd.posix.PosixException;

/**
 * Tells whether a mailbox is still as it was. Whatever comes, goes or is renamed in a directory
 * moves the directory's change time, which no program can set.
 */
record MailboxStamp(Snapshot cur, Snapshot fresh, Snapshot uidList) {

  /** One of the three; all zero when it is missing. */
  record Snapshot(long inode, long size, long changedNanos) {
    static final Snapshot MISSING = new Snapshot(0, 0, 0);

    private static Snapshot of(FileStatus status) {
      return new Snapshot(status.inode(), status.size(), status.changedNanos());
    }

    private boolean isSame(Snapshot other) {
      return inode == other.inode && size == other.size && changedNanos == other.changedNanos;
    }
  }

  static MailboxStamp of(MailboxFiles mailbox) throws PosixException {
    return new MailboxStamp(
        snapshot(mailbox.mail(), "cur"),
        snapshot(mailbox.mail(), "new"),
        snapshot(mailbox.control(), UidList.FILE));
  }

  /**
   * The two directories by themselves, without the UID list.
   *
   * @param cur null when it is missing
   * @param fresh null when it is missing
   */
  static MailboxStamp of(Directory cur, Directory fresh) throws PosixException {
    return new MailboxStamp(snapshot(cur), snapshot(fresh), Snapshot.MISSING);
  }

  private static Snapshot snapshot(Directory directory) throws PosixException {
    return directory == null ? Snapshot.MISSING : Snapshot.of(directory.status());
  }

  private static Snapshot snapshot(Directory directory, String file) throws PosixException {
    try {
      return Snapshot.of(directory.status(file));
    } catch (PosixException e) {
      if (e.isMissing()) {
        return Snapshot.MISSING;
      }
      throw e;
    }
  }

  /** A record's equals would be made at run time: long, for a process that serves one user. */
  boolean isSame(MailboxStamp other) {
    return hasSameFiles(other) && uidList.isSame(other.uidList);
  }

  /** Whether nothing has come, gone or been renamed in the two directories. */
  boolean hasSameFiles(MailboxStamp other) {
    return cur.isSame(other.cur) && fresh.isSame(other.fresh);
  }

  /** When the latest change was, by the clock of the file system: nanoseconds since 1970. */
  long changedNanos() {
    return Math.max(cur.changedNanos(), Math.max(fresh.changedNanos(), uidList.changedNanos()));
  }

  /** Estimated memory of its mails, in bytes, from the sizes of directories and list. */
  long estimate() {
    long directories = cur.size() + fresh.size();
    long listed = uidList.size() + uidList.size() / 2;
    return uidList.size() == 0 ? directories : Math.min(listed, directories * 3 / 2);
  }
}
