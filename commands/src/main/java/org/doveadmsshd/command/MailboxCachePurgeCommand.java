package org.doveadmsshd.command;

import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.storage.Mailbox;

/** {@code doveadm mailbox cache purge}: removes the caches of mailboxes. */
final class MailboxCachePurgeCommand implements Command {
  @Override
  public Manual manual() {
    return new Manual(
        "mailbox cache purge",
        Arguments.MAILBOXES,
        "forget what is remembered of mailboxes",
        """
        Removes doveadm-sshd.cache, in which dates, sizes and header fields of mails are remembered
        (setting mail_cache). It is made anew when somebody searches. Dovecot's own cache is left to
        Dovecot.
        """,
        List.of(),
        true,
        Access.WRITE);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    checkNumber(words);
    return MailboxEdit.each(
        words.positionals(),
        "purge the cache of",
        "purged",
        (store, name) -> {
          try (Mailbox mailbox = Mailboxes.open(store, name)) {
            mailbox.forget();
          }
        });
  }
}
