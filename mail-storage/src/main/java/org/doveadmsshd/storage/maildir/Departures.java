package org.doveadmsshd.storage.maildir;

import java.util.BitSet;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.PosixException;

/**
 * The mails that have been taken out of one open mailbox. Their lines are removed from the UID
 * list. Else a file that comes back, as from a backup, would get its old UID, which clients know
 * already as expunged: UIDs only grow. Dovecot knows it from its index.
 *
 * <p>The list is written once for all of them, when the mailbox is closed. If it cannot be written,
 * a mail that comes back has its old UID, and nothing else happens.
 */
final class Departures {
  private MailTable table;
  private final BitSet gone = new BitSet();

  /** Notes that the file of a mail is no longer here. */
  void add(MailTable mails, int mail) {
    table = mails;
    gone.set(mail);
  }

  /** Strikes them out of the list; their table is not needed any more then. */
  void strike(Directory directory, String mailbox) {
    if (gone.isEmpty()) {
      return;
    }
    try {
      table.index(); // what was remembered has none yet
      new UidListFile(directory, mailbox).strike(this::has);
    } catch (PosixException | UidList.DamagedException | Room.NoneException e) {
      // their lines stay, as if a program that does not know the list had removed the mails
    }
    gone.clear();
    table = null;
  }

  private boolean has(UidListReader line) {
    int mail = table.find(line.line(), line.baseAt(), line.baseLength());
    return mail >= 0 && gone.get(mail);
  }
}
