package org.doveadmsshd.storage.maildir;

import java.time.Duration;
import java.util.BitSet;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.PosixException;

/**
 * The mails that have been taken out of one open mailbox. Their lines go from the UID list, so that
 * a file that comes back, as from a backup, does not have a UID of which somebody knows already
 * that it is gone: UIDs only grow. Dovecot knows it from its index.
 *
 * <p>That is done once for all of them, when the mailbox is closed. It is book-keeping: where it
 * cannot be done, a mail that comes back has its old UID, and nothing else happens.
 */
final class Departures {
  /** Whoever has the lock of the list for longer is not waited for. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private MailTable table;
  private final BitSet gone = new BitSet();

  /** Notes that the file of a mail is no longer here. */
  void add(MailTable mails, int mail) {
    table = mails;
    gone.set(mail);
  }

  /** Takes them out of the list; their table is of no use to anybody any more then. */
  void takeOut(Directory directory, String mailbox, MaildirStore.Context context) {
    if (gone.isEmpty()) {
      return;
    }
    boolean isHasty = context.lockPatience().compareTo(PATIENCE) < 0;
    Duration patience = isHasty ? context.lockPatience() : PATIENCE;
    try (UidListLock lock = UidListLock.acquire(directory, mailbox, context, patience)) {
      new UidListFile(directory, mailbox).remove(this::has);
    } catch (PosixException | Failure e) {
      // they stay in it, as if they had been removed by somebody who knows nothing of the list
    }
    gone.clear();
    table = null;
  }

  private boolean has(UidListReader line) {
    int mail = table.find(line.line(), line.baseAt(), line.baseLength());
    return mail >= 0 && gone.get(mail);
  }
}
