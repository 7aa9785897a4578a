package org.doveadmsshd.command;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.mime.ContentField;
import org.doveadmsshd.storage.mime.MimeTree;
import org.doveadmsshd.storage.search.Candidate;

/**
 * {@code doveadm rebuild attachments}: sets the keywords that say whether mails have attachments.
 */
final class RebuildAttachmentsCommand implements Command {
  private static final Flags WITH = new Flags(0, List.of("$HasAttachment"));
  private static final Flags WITHOUT = new Flags(0, List.of("$HasNoAttachment"));

  @Override
  public Manual manual() {
    return new Manual(
        "rebuild attachments",
        Arguments.QUERY,
        "set the keywords $HasAttachment and $HasNoAttachment",
        """
        A mail has an attachment when a part says so (Content-Disposition: attachment), or is
        neither text nor multipart nor shown inside the text. Prints UID, and yes or no, for every
        mail. doveadm help search explains queries.
        """,
        List.of(),
        true,
        Access.WRITE);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    return new RebuildTask(new MailSearch(MailSearch.query(this, words.positionals(), time), true));
  }

  private record RebuildTask(MailSearch search) implements Task.OfUser {
    @Override
    public List<Column> columns() {
      return List.of(new Column("uid", Column.NUMBER), new Column("attachment"));
    }

    @Override
    public String defaultFormatter() {
      return "table";
    }

    @Override
    public void run(UserContext context) throws Failure, IOException {
      search.forEach(context, true, new Marking(context.output()));
    }

    /** Prints a row for each mail, and sets its keywords. */
    private static final class Marking implements MailSearch.Visitor {
      private final Output output;
      private final FlagChanges changes;

      Marking(Output output) {
        this.output = output;
        this.changes = new FlagChanges(output);
      }

      @Override
      public void visit(Mailbox mailbox, Candidate candidate) throws Failure, IOException {
        boolean has = hasAttachment(candidate);
        List<Value> row = List.of(Value.of(candidate.mail().uid()), Value.of(has ? "yes" : "no"));
        output.row(mailbox.name(), row);
        Flags others = candidate.flags().minus(has ? WITHOUT : WITH);
        changes.add(mailbox, candidate, others.plus(has ? WITH : WITHOUT));
      }

      @Override
      public void end(Mailbox mailbox) throws Failure {
        changes.carryOut(mailbox);
      }
    }

    private static boolean hasAttachment(Candidate candidate) throws Failure {
      for (MimeTree.Node node : candidate.structure().nodes()) {
        String disposition = node.first("content-disposition");
        String kind =
            disposition == null
                ? ""
                : ContentField.parse(disposition).value().toLowerCase(Locale.ROOT);
        String type = node.part().type();
        boolean other = !type.startsWith("text/") && !type.startsWith("multipart/");
        if (kind.equals("attachment") || other && !kind.equals("inline")) {
          return true;
        }
      }
      return false;
    }
  }
}
