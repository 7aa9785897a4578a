package org.doveadmsshd.command;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.storage.MailFailure;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.UnreadableMailException;
import org.doveadmsshd.storage.fetch.FetchField;
import org.doveadmsshd.storage.fetch.FetchFields;
import org.doveadmsshd.storage.search.Candidate;
import org.doveadmsshd.storage.search.Query;

/** {@code doveadm fetch}: prints fields of matching mails. */
final class FetchCommand implements Command {
  private static final String NAME = "fetch";

  /** Made when somebody asks: most processes never read the tables that it is made of. */
  private static final class Page {
    private static final Argument FIELDS =
        new Argument(Argument.Kind.FIELDS, "fields", FetchFields.glossary().names());

    static final Manual MANUAL =
        new Manual(
            NAME,
            Syntax.of(FIELDS, Arguments.QUERY),
            "print fields of matching mails",
            """
        Fields are one word, separated by spaces: "uid flags hdr.subject".
        doveadm help fetch fields says what each is; doveadm help search explains queries.

        """
                + FetchFields.glossary().summary(),
            List.of(),
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
    checkNumber(words);
    List<FetchField> fields = FetchFields.parse(words.positionals().get(0));
    List<String> rest = words.positionals().subList(1, words.positionals().size());
    Query query;
    try {
      query = MailSearch.query(this, rest, time);
    } catch (Failure e) {
      throw UnquotedFields.instead(this, words, time).orElse(e);
    }
    return new FetchTask(fields, new MailSearch(query, false));
  }

  private record FetchTask(List<FetchField> fields, MailSearch search) implements Task.OfUser {
    @Override
    public List<Column> columns() {
      return fields.stream().map(FetchField::column).toList();
    }

    @Override
    public String defaultFormatter() {
      return "pager";
    }

    /** Always in the order of UIDs, whether they are printed or not. */
    @Override
    public void run(UserContext context) throws Failure, IOException {
      search.forEach(
          context,
          true,
          (mailbox, candidate) -> {
            print(context, mailbox, candidate);
            context.output().count("fetched", 1);
          });
    }

    private void print(UserContext context, Mailbox mailbox, Candidate candidate)
        throws Failure, IOException {
      FetchField.Source source = new FetchField.Source(context.user(), mailbox, candidate);
      List<Value> values = new ArrayList<>(fields.size());
      List<InputStream> streams = new ArrayList<>();
      MailFailure failure = null;
      try {
        for (FetchField field : fields) {
          try {
            values.add(read(field, source, streams));
          } catch (MailFailure e) { // the others may be there, and columns must not shift
            values.add(Value.ABSENT);
            failure = failure == null ? e : failure;
          }
        }
        context.output().row(mailbox.name(), values, streams);
        if (failure != null) {
          throw failure;
        }
      } finally {
        for (InputStream stream : streams) {
          stream.close();
        }
      }
    }

    private static Value read(FetchField field, FetchField.Source source, List<InputStream> streams)
        throws Failure, IOException {
      FetchField.FieldContent content = field.reader().read(source);
      if (content.stream() == null) {
        return content.value();
      }
      try {
        return inline(content.stream(), streams);
      } catch (UnreadableMailException e) {
        content.stream().close();
        throw e.failure();
      }
    }

    /** Reads a stream that turns out to be short; keeps a long one open in the list. */
    private static Value inline(InputStream stream, List<InputStream> streams) throws IOException {
      byte[] head = stream.readNBytes(Limits.MAX_INLINE_VALUE);
      if (head.length < Limits.MAX_INLINE_VALUE) {
        stream.close();
        return Value.of(head);
      }
      streams.add(new SequenceInputStream(new ByteArrayInputStream(head), stream));
      return Value.CHUNKED;
    }
  }
}
