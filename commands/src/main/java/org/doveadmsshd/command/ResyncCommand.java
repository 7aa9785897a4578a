package org.doveadmsshd.command;

import java.io.IOException;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailFailure;
import org.doveadmsshd.storage.MailGoneException;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.search.Candidate;
import org.doveadmsshd.storage.search.MailboxPattern;

/** {@code doveadm force-resync} and {@code doveadm index}: what can be done beforehand. */
final class ResyncCommand implements Command {
  private final boolean repairs;

  /**
   * @param repairs whether damage is repaired; if not, new mails get their UIDs and that is all
   */
  ResyncCommand(boolean repairs) {
    this.repairs = repairs;
  }

  @Override
  public Manual manual() {
    return repairs
        ? new Manual(
            "force-resync",
            Arguments.MAILBOX_MASK,
            "put mailboxes in order, rebuild what is damaged",
            """
            New mails get their UIDs, UIDs of mails that are gone are forgotten, and a damaged
            dovecot-uidlist is mended: mails whose lines are in order keep their UIDs, the others get
            new ones. If its first line is of no use, or the last UID has been used, it is rebuilt:
            all mails of that mailbox then get new UIDs, and clients load it anew. Dovecot's own index
            files are left to Dovecot. * stands for any name, % for anything within one level.
            """,
            List.of(Option.flag('f', "fsck", "accepted; the same is done without it")),
            true,
            Access.WRITE)
        : new Manual(
            "index",
            Arguments.MAILBOX_MASK,
            "give new mails their UIDs, remember what searches ask for",
            """
            Does beforehand what the first who looks would have to do: new mails get their UIDs, and
            dates and main header fields of all mails are remembered (setting mail_cache). Dovecot's
            own index files are left to Dovecot. * stands for any name, % for anything within one
            level.
            """,
            List.of(
                Option.flag('q', "queue", "accepted; it is done at once"),
                Option.of(
                    'n',
                    "max-recent",
                    Kind.NUMBER.named("number"),
                    "skip mailboxes with more new mails")),
            true,
            Access.WRITE);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    checkNumber(words);
    List<MailboxPattern> masks = List.of(new MailboxPattern(words.positionals().get(0)));
    long most = words.number("max-recent").orElse(Long.MAX_VALUE);
    return new MailboxEdit((store, output) -> run(store, output, masks, most));
  }

  private void run(MailStore store, Output output, List<MailboxPattern> masks, long most)
      throws Failure, IOException {
    for (String name : Mailboxes.matching(store, masks)) {
      output.checkpoint();
      try (Mailbox mailbox = Mailboxes.open(store, name)) {
        if (repairs) {
          mailbox.resync();
        } else if (most == Long.MAX_VALUE || recent(mailbox) <= most) {
          index(mailbox, output);
        }
        output.count("mailboxes", 1);
      } catch (Failure e) {
        if (e.outcome().endsRequest()) {
          throw e;
        }
        output.failed(e);
      }
    }
  }

  /** Numbers the mails, and fills the store's cache. */
  private static void index(Mailbox mailbox, Output output) throws Failure, IOException {
    List<? extends Mail> mails = mailbox.mails(true);
    MailFailures failures = new MailFailures(mailbox.name(), output);
    try (Candidate candidate = new Candidate(mails.size())) {
      for (Mail mail : mails) {
        output.checkpoint();
        try {
          if (!mail.rememberedNames().isEmpty()) {
            candidate.take(mail).header(mail.rememberedNames().get(0));
            mail.received();
          }
        } catch (MailGoneException e) {
          // expunged meanwhile
        } catch (MailFailure e) {
          failures.add(e); // the others are remembered all the same
        }
      }
    }
    failures.end();
  }

  private static long recent(Mailbox mailbox) throws Failure {
    long recent = 0;
    for (Mail mail : mailbox.mails(false)) {
      try {
        recent += mail.flags().has(Flag.RECENT) ? 1 : 0;
      } catch (MailGoneException e) {
        // expunged meanwhile
      }
    }
    return recent;
  }
}
