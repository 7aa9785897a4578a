package org.doveadmsshd.storage.maildir;

import java.util.AbstractList;
import java.util.RandomAccess;

/**
 * The mails of a mailbox as they were listed. Each is an object only as long as it is referred to,
 * so the same position may give another object for the same mail.
 */
final class MaildirMails extends AbstractList<MaildirMail>
    implements RandomAccess, MailCache.Mails {
  private final MaildirMailbox mailbox;
  private final MailTable table;
  private final int[] order;
  private final boolean isNumbered;
  private long justNumberedFrom = Long.MAX_VALUE;

  /**
   * @param order which mail of the table is at each position; null when they lie in order
   * @param isNumbered whether they are asked for with UIDs and sequence numbers
   */
  MaildirMails(MaildirMailbox mailbox, MailTable table, int[] order, boolean isNumbered) {
    this.mailbox = mailbox;
    this.table = table;
    this.order = order;
    this.isNumbered = isNumbered;
  }

  /** Says that mails from a UID on have only now got theirs. */
  void justNumberedFrom(long uid) {
    justNumberedFrom = uid;
  }

  boolean isNumbered() {
    return isNumbered;
  }

  @Override
  public MaildirMail get(int position) {
    int mail = at(position);
    int sequence = isNumbered ? position + 1 : 0;
    boolean justNumbered = isNumbered && table.uid(mail) >= justNumberedFrom;
    return new MaildirMail(mailbox, table, mail, sequence, justNumbered);
  }

  @Override
  public int size() {
    return table.size();
  }

  @Override
  public MailTable table() {
    return table;
  }

  @Override
  public int at(int position) {
    return order == null ? position : order[position];
  }

  @Override
  public MailFacts facts(int mail) {
    return mailbox.memory().facts(mail);
  }
}
