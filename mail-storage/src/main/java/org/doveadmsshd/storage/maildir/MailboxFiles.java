package org.doveadmsshd.storage.maildir;

import java.io.Closeable;
import java.util.Set;
import org.doveadmsshd.posix.Directory;

/**
 * The open directories of one mailbox.
 *
 * @param mail with {@code cur}, {@code new} and {@code tmp}
 * @param control with the UID list and what belongs to it; the same where it does not lie apart
 * @param root of the control files of the user, which hands out UIDVALIDITY values
 * @param shared directories that other mailboxes use, too: they stay open
 */
record MailboxFiles(Directory mail, Directory control, Directory root, Set<Directory> shared)
    implements Closeable {
  @Override
  public void close() {
    if (!shared.contains(mail)) {
      mail.close();
    }
    if (control != mail && !shared.contains(control)) {
      control.close();
    }
  }
}
