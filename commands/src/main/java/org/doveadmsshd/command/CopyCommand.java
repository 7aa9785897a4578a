package org.doveadmsshd.command;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.storage.Delivery;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.search.Candidate;
import org.doveadmsshd.storage.search.Query;

/** {@code doveadm copy} and {@code doveadm move}: puts matching mails into another mailbox. */
final class CopyCommand implements Command {
  private final boolean moves;

  /**
   * @param moves whether the mails leave where they are
   */
  CopyCommand(boolean moves) {
    this.moves = moves;
  }

  @Override
  public Manual manual() {
    String verb = moves ? "move" : "copy";
    return new Manual(
        verb,
        Syntax.of(
            Kind.MAILBOX.named("destination"),
            Syntax.maybe(new Syntax.Literal("user"), Kind.USER.named("source user")),
            moves ? Arguments.NARROW_QUERY : Arguments.QUERY),
        verb + " matching mails to another mailbox",
        """
        The destination is a mailbox of the user that -u names; it must exist. The mails are the
        user's own, or those of the source user. Flags, keywords, received date and identity
        (GUID) go with them. Bytes are shared on disk where the file system can do that.
        """
            + (moves
                ? """

        A mail moves in one step: whatever happens, it is in one of the two mailboxes. As with
        expunge every branch of the query must name a mailbox and something else.
        """
                : "")
            + "doveadm help search explains queries.\n",
        List.of(DryRun.OPTION),
        true,
        moves ? Access.DELETE : Access.WRITE);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    List<String> all = words.positionals();
    boolean fromOther = all.size() > 2 && all.get(1).toLowerCase(Locale.ROOT).equals("user");
    int first = fromOther ? 3 : 1;
    if (all.size() <= first) {
      throw misused();
    }
    Query query = MailSearch.query(this, all.subList(first, all.size()), time);
    Optional<String> source = fromOther ? Optional.of(all.get(2)) : Optional.empty();
    return new CopyTask(
        moves, all.get(0), source, new MailSearch(query, true, moves), words.has(DryRun.NAME));
  }

  private record CopyTask(
      boolean moves, String target, Optional<String> source, MailSearch search, boolean dryRun)
      implements Task.OfUser {
    @Override
    public List<Column> columns() {
      return dryRun ? DryRun.COLUMNS : List.of();
    }

    @Override
    public boolean isRepeatable() {
      return false;
    }

    /** A move adds mail to the destination, too. */
    @Override
    public List<String> commands() {
      return moves ? List.of("copy") : List.of();
    }

    @Override
    public void run(UserContext context) throws Failure, IOException {
      if (source.isEmpty()) {
        run(context, context.store());
      } else {
        try (MailStore other = context.others().open(source.get())) {
          run(context, other);
        }
      }
    }

    private void run(UserContext context, MailStore from) throws Failure, IOException {
      try (Mailbox mailbox =
          context.store().find(target).orElseThrow(() -> missing(context.store(), target))) {
        if (dryRun) {
          DryRun.Tally tally = new DryRun.Tally();
          search.forEach(from, context.output(), true, tally);
          tally.print(context.output());
          return;
        }
        try (Copying copying = new Copying(mailbox, moves, context.output())) {
          search.forEach(from, context.output(), true, copying);
        }
      }
    }
  }

  static Failure missing(MailStore store, String mailbox) {
    return Mailboxes.missing(store, "Can't open mailbox '%s'".formatted(mailbox), mailbox);
  }

  /** Puts the mails that it visits into a mailbox; all of one source mailbox together. */
  static final class Copying implements MailSearch.Visitor, Closeable {
    private final Mailbox target;
    private final boolean moves;
    private final Output output;
    private Mailbox source;
    private Delivery delivery;

    Copying(Mailbox target, boolean moves, Output output) {
      this.target = target;
      this.moves = moves;
      this.output = output;
    }

    @Override
    public void visit(Mailbox mailbox, Candidate candidate) throws Failure {
      if (mailbox != source) {
        close(); // mails taken from a mailbox that failed are not put in
        source = mailbox;
        delivery = target.deliver();
      }
      if (moves) {
        delivery.move(candidate.mail());
      } else {
        delivery.copy(candidate.mail());
      }
    }

    @Override
    public void end(Mailbox mailbox) throws Failure {
      if (delivery != null) {
        try {
          delivery.commit();
        } finally {
          output.count(moves ? "moved" : "copied", delivery.arrived());
        }
        close();
      }
    }

    /** Drops mails that were not committed. */
    @Override
    public void close() {
      if (delivery != null) {
        delivery.close();
        delivery = null;
        source = null;
      }
    }
  }
}
