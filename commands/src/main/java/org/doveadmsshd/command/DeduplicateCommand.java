package org.doveadmsshd.command;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.search.Candidate;
import org.doveadmsshd.storage.search.Query;

/** {@code doveadm deduplicate}: keeps the first of mails that are the same. */
final class DeduplicateCommand implements Command {
  private static final String BY_ID = "by-msgid";

  /** Memory of an identity beside its letters, in bytes. */
  private static final long SEEN = 120;

  @Override
  public Manual manual() {
    return new Manual(
        "deduplicate",
        Arguments.QUERY,
        "remove further copies of mails from a mailbox",
        """
        In each mailbox, among the mails that match, the first of those that are the same is
        kept and the others are removed. The same are mails of one identity (GUID), such as
        copies have; with -m those of one Message-ID. Mails without one are all kept.
        doveadm help search explains queries.
        """,
        List.of(
            Option.flag('m', BY_ID, "compare by Message-ID rather than by GUID"), DryRun.OPTION),
        true,
        Access.DELETE);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    Query query = MailSearch.query(this, words.positionals(), time);
    MailSearch search = new MailSearch(query, true, true);
    return new DeduplicateTask(search, words.has(BY_ID), words.has(DryRun.NAME));
  }

  private record DeduplicateTask(MailSearch search, boolean byId, boolean dryRun)
      implements Task.OfUser {
    @Override
    public List<Column> columns() {
      return dryRun ? DryRun.COLUMNS : List.of();
    }

    @Override
    public boolean isRepeatable() {
      return search.meansTheSameAgain();
    }

    @Override
    public void run(UserContext context) throws Failure, IOException {
      DryRun.Tally tally = new DryRun.Tally();
      search.forEach(context, true, new Visitor(context.output(), tally));
      if (dryRun) {
        tally.print(context.output());
      }
    }

    /** Removes mails that it has seen before. */
    private final class Visitor implements MailSearch.Visitor {
      private final Output output;
      private final DryRun.Tally tally;
      private final Set<String> seen = new HashSet<>();

      Visitor(Output output, DryRun.Tally tally) {
        this.output = output;
        this.tally = tally;
      }

      @Override
      public void visit(Mailbox mailbox, Candidate candidate) throws Failure {
        String key = byId ? messageId(candidate) : candidate.mail().guid();
        if (key.isEmpty() || !seen.contains(key)) {
          if (!key.isEmpty()) {
            mailbox.hold(SEEN + 2L * key.length());
            seen.add(key);
          }
          return;
        }
        if (dryRun) {
          tally.add(mailbox, candidate.mail());
        } else {
          candidate.mail().expunge();
          output.count("expunged", 1);
        }
      }

      @Override
      public void end(Mailbox mailbox) {
        seen.clear();
      }
    }

    private static String messageId(Candidate candidate) throws Failure {
      List<String> values = candidate.header("message-id");
      return values.isEmpty() ? "" : values.get(0).strip();
    }
  }
}
