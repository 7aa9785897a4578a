package org.doveadmsshd.command;

import java.io.IOException;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailGoneException;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;

/**
 * {@code mailbox delete --dry-run}: how many mails the mailboxes have that it would remove, and
 * their bytes; a row for each mailbox.
 *
 * @param onlyEmpty whether mailboxes with mails would stay
 */
record MailboxDryRun(MailboxEdit.Names mailboxes, boolean onlyEmpty) implements Task.OfUser {
  @Override
  public List<Column> columns() {
    return DryRun.COLUMNS;
  }

  @Override
  public void run(UserContext context) throws Failure, IOException {
    DryRun.Tally tally = new DryRun.Tally();
    MailStore store = context.store();
    Output output = context.output();
    MailboxEdit.forEach(
        mailboxes.in(store), "delete", output, name -> count(store, name, output, tally));
    tally.print(output);
  }

  private void count(MailStore store, String name, Output output, DryRun.Tally tally)
      throws Failure {
    try (Mailbox mailbox = Mailboxes.open(store, name)) {
      List<? extends Mail> mails = mailbox.mails(false);
      if (!onlyEmpty || mails.isEmpty()) {
        tally.begin(mailbox);
        for (Mail mail : mails) {
          output.checkpoint();
          add(mailbox, mail, tally);
        }
      }
    }
  }

  private static void add(Mailbox mailbox, Mail mail, DryRun.Tally tally) throws Failure {
    try {
      tally.add(mailbox, mail);
    } catch (MailGoneException e) {
      // as if it had been expunged before we came
    }
  }
}
