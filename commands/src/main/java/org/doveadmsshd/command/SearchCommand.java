package org.doveadmsshd.command;

import java.io.IOException;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.storage.search.QueryGuide;

/** {@code doveadm search}: lists matching mails by mailbox GUID and UID. */
final class SearchCommand implements Command {
  private static final String NAME = "search";

  private static final List<Column> COLUMNS =
      List.of(
          new Column("mailbox-guid", Column.HIDE_TITLE),
          new Column("uid", Column.HIDE_TITLE | Column.NUMBER));

  /** Made when somebody asks: most processes never read the tables that it is made of. */
  private static final class Page {
    static final Manual MANUAL =
        new Manual(
            NAME,
            Arguments.QUERY,
            "list matching mails by mailbox GUID and UID",
            """
        Prints a line for every mail that matches: the GUID of its mailbox and its UID.

        A query is a list of keys: mailbox INBOX unseen since 1week. They may be written in any
        case. doveadm help search keys says what each means, doveadm help savedbefore more of one.

        """
                + QueryGuide.keys().summary()
                + """

        Cheap keys are asked first, and nothing is opened that they have ruled out; --explain
        shows how.
        """,
            List.of(Option.flag("explain", "search nothing; show how it would be done")),
            true,
            Access.READ);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Manual manual() {
    return Page.MANUAL;
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    MailSearch search = new MailSearch(MailSearch.query(this, words.positionals(), time), true);
    return words.has("explain") ? new ExplainTask(search) : new SearchTask(search);
  }

  private record ExplainTask(MailSearch search) implements Task.OfUser {
    @Override
    public List<Column> columns() {
      return List.of(new Column("plan", Column.HIDE_TITLE));
    }

    @Override
    public void run(UserContext context) throws Failure, IOException {
      for (String line : search.explain(context.store())) {
        context.output().row(null, List.of(Value.of(line)));
      }
    }
  }

  private record SearchTask(MailSearch search) implements Task.OfUser {
    @Override
    public List<Column> columns() {
      return COLUMNS;
    }

    @Override
    public void run(UserContext context) throws Failure, IOException {
      search.forEach(
          context,
          true,
          (mailbox, candidate) -> {
            Value guid = Value.of(mailbox.identifiers().guid());
            context.output().row(mailbox.name(), List.of(guid, Value.of(candidate.mail().uid())));
            context.output().count("matched", 1);
          });
    }
  }
}
