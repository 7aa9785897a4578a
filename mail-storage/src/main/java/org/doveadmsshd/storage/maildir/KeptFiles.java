package org.doveadmsshd.storage.maildir;

import java.io.IOException;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.FileStatus;
import org.doveadmsshd.posix.PosixException;
import org.doveadmsshd.storage.Oddity.Kind;

/** Looks at the lists of a directory, and at what lies beside them. */
final class KeptFiles {
  /** What is written aside is there for seconds. */
  private static final long LEFT_NANOS = 600_000_000_000L;

  private static final List<String> ASIDE =
      List.of(UidList.FILE + ".tmp", Keywords.ASIDE, Subscriptions.LOCK, MailCacheFile.ASIDE);

  /** Our files and Dovecot's; what an administrator puts beside them is his own. */
  private static final List<String> OWN =
      List.of(
          UidList.FILE,
          Keywords.FILE,
          Subscriptions.FILE,
          MailCacheFile.FILE,
          "dovecot-uidvalidity",
          "dovecot.index",
          "dovecot.list.index",
          "maildirsize",
          "maildirfolder");

  private final Findings findings;

  KeptFiles(Findings findings) {
    this.findings = findings;
  }

  void look(Directory directory, Findings.Spot spot) throws Failure, IOException {
    for (String file : directory.list()) {
      if (file.charAt(0) == '.') {
        continue; // a mailbox, or another program's
      }
      findings.checkpoint();
      try {
        FileStatus status = directory.status(file);
        if (isLeft(directory, file, status)) {
          findings.add(Kind.LEFT_LOCK, spot.in(file), "nobody holds it", "rm");
        } else if (OWN.stream().anyMatch(file::startsWith)) {
          findings.file(directory, file, spot.in(file), status);
        }
      } catch (PosixException e) {
        MailboxCheck.passOver(e);
      }
    }
  }

  private boolean isLeft(Directory directory, String file, FileStatus status)
      throws PosixException {
    if (file.equals(UidListLock.FILE)) {
      return status.isRegular() && UidListLock.isLeft(directory);
    }
    boolean isAside = ASIDE.contains(file) || file.startsWith("temp.");
    return isAside && status.isRegular() && findings.age(status.modifiedNanos()) > LEFT_NANOS;
  }
}
