package org.doveadmsshd.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.search.Candidate;
import org.doveadmsshd.storage.search.Query;

/** {@code doveadm expunge}: removes matching mails. */
final class ExpungeCommand implements Command {
  @Override
  public Manual manual() {
    return new Manual(
        "expunge",
        Arguments.NARROW_QUERY,
        "remove matching mails for good",
        """
        Every branch of the query must name a mailbox and something else, so that a forgotten
        word does not empty a mailbox: expunge mailbox Trash savedbefore 30d. To remove all
        mails of a mailbox, say so: expunge mailbox Trash all.

        "saved" is the moment a mail was put into its mailbox, as far as the file system knows
        it (its change time). It is never earlier than the truth, so mails are rather kept. A mail
        without a readable Date field matches neither "sentbefore" and the like nor their opposite.
        doveadm help search explains queries.
        """,
        List.of(
            Option.flag('d', "delete-empty-mailbox", "remove and unsubscribe mailboxes left empty"),
            DryRun.OPTION),
        true,
        Access.DELETE);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    Query query = MailSearch.query(this, words.positionals(), time);
    MailSearch search = new MailSearch(query, true, true);
    return words.has(DryRun.NAME)
        ? new DryRun(search)
        : new ExpungeTask(search, words.has("delete-empty-mailbox"));
  }

  private record ExpungeTask(MailSearch search, boolean deletesEmpty) implements Task.OfUser {
    @Override
    public boolean isRepeatable() {
      return search.meansTheSameAgain();
    }

    @Override
    public List<String> commands() {
      return deletesEmpty
          ? List.of(MailboxDeleteCommand.NAME, MailboxSubscribeCommand.UNSUBSCRIBE)
          : List.of();
    }

    @Override
    public void run(UserContext context) throws Failure, IOException {
      Expunging expunging = new Expunging(context.output());
      search.forEach(context, false, expunging);
      if (deletesEmpty) {
        MailboxEdit.forEach(
            expunging.searched,
            "delete",
            context.output(),
            mailbox -> deleteIfEmpty(mailbox, context));
      }
    }

    private static void deleteIfEmpty(String name, UserContext context) throws Failure {
      boolean empty;
      try (Mailbox mailbox = context.store().find(name).orElse(null)) {
        empty = mailbox != null && mailbox.mails(false).isEmpty();
      }
      if (empty && !name.equals(MailStore.INBOX)) {
        context.store().delete(name, true, false);
        context.store().subscribe(List.of(name), false);
        context.output().count(MailboxDeleteCommand.DELETED, 1);
      }
    }
  }

  /** Removes the mails that it visits. */
  private static final class Expunging implements MailSearch.Visitor {
    private final Output output;
    private final List<String> searched = new ArrayList<>();

    Expunging(Output output) {
      this.output = output;
    }

    @Override
    public void visit(Mailbox mailbox, Candidate candidate) throws Failure {
      candidate.mail().expunge();
      output.count("expunged", 1);
    }

    @Override
    public void end(Mailbox mailbox) {
      searched.add(mailbox.name());
    }
  }
}
