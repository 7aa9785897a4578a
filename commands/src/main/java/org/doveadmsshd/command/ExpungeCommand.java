package org.doveadmsshd.command;

import java.io.IOException;
import java.util.List;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Failure;
import org.doveadmsshd.storage.search.MailboxSelection;
import org.doveadmsshd.storage.search.Query;

/** {@code doveadm expunge}: removes matching mails. */
final class ExpungeCommand implements Command {
  @Override
  public Manual manual() {
    return new Manual(
        "expunge",
        "<search query>",
        "remove matching mails for good",
        """
        Every branch of the query must name a mailbox and something else, so that a forgotten
        word does not empty a mailbox: expunge mailbox Trash savedbefore 30d. To remove all
        mails of a mailbox, say so: expunge mailbox Trash all.

        "saved" is the moment a mail was put into its mailbox, as far as the file system knows
        it (its change time). It is never earlier than the truth, so mails are rather kept.
        doveadm help search explains queries.
        """,
        List.of(),
        true);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    Query query = MailSearch.query(this, words.positionals(), time);
    if (!MailboxSelection.isSafeToExpunge(query)) {
      throw Failure.usage(
          "expunge: the query must name a mailbox and at least one other key in every branch,"
              + " such as: mailbox Trash savedbefore 30d");
    }
    return new ExpungeTask(new MailSearch(query, true));
  }

  private record ExpungeTask(MailSearch search) implements Task.OfUser {
    @Override
    public List<Column> columns() {
      return List.of();
    }

    @Override
    public String defaultFormatter() {
      return "flow";
    }

    @Override
    public void run(UserContext context) throws Failure, IOException {
      search.forEach(
          context,
          false,
          (mailbox, candidate) -> {
            candidate.mail().expunge();
            context.output().count("expunged", 1);
          });
    }
  }
}
