package org.doveadmsshd.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailFailure;
import org.doveadmsshd.storage.MailGoneException;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.search.MailboxPattern;

/** {@code doveadm mailbox status}: counts and numbers of mailboxes. */
final class MailboxStatusCommand implements Command {
  /** The fields, in the order in which they are printed whatever the order asked for. */
  private enum Field {
    MESSAGES(true),
    RECENT(true),
    UIDNEXT(false),
    UIDVALIDITY(false),
    UNSEEN(true),
    HIGHESTMODSEQ(false),
    VSIZE(true),
    GUID(false),
    FIRSTSAVED(false);

    private final boolean summable;

    Field(boolean summable) {
      this.summable = summable;
    }

    private String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Stands for every field. */
  private static final String ALL = "all";

  private static final Argument FIELDS =
      new Argument(
          Argument.Kind.FIELDS,
          "fields",
          Stream.concat(Stream.of(ALL), Arrays.stream(Field.values()).map(Field::key)).toList());

  @Override
  public Manual manual() {
    return new Manual(
        "mailbox status",
        Syntax.of(FIELDS, Syntax.several(Arguments.MAILBOX_MASK)),
        "count mails, show UIDs and sizes of mailboxes",
        """
        Fields are one word, separated by spaces: "messages unseen". There are: all messages
        recent uidnext uidvalidity unseen highestmodseq vsize guid firstsaved. Dovecot keeps
        highestmodseq in its index, which is not read here; it is left empty.
        """,
        List.of(Option.flag('t', "total", "one line with the sum of all mailboxes")),
        true,
        Access.READ);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    checkNumber(words, "[-t] ");
    boolean total = words.has("total");
    Set<Field> fields = fields(words.positionals().get(0), total);
    List<MailboxPattern> masks =
        words.positionals().stream().skip(1).map(MailboxPattern::new).toList();
    return new StatusTask(fields, masks, total);
  }

  private static Set<Field> fields(String names, boolean total) throws Failure {
    Set<Field> fields = EnumSet.noneOf(Field.class);
    for (String name : names.strip().split("\\s+")) {
      boolean all = name.equals(ALL);
      for (Field field : Field.values()) {
        if (all && (field.summable || !total) || field.key().equals(name)) {
          fields.add(field);
        }
      }
      if (!all && fields.stream().noneMatch(field -> field.key().equals(name))) {
        String known =
            Arrays.stream(Field.values()).map(Field::key).collect(Collectors.joining(" "));
        throw Failure.usage("Unknown status field: " + name + " (there are: all " + known + ")");
      }
    }
    Optional<Field> unsummable = fields.stream().filter(field -> !field.summable).findFirst();
    if (total && unsummable.isPresent()) {
      throw Failure.usage("Status field " + unsummable.get().key() + " can't be used with -t");
    }
    return fields;
  }

  private record StatusTask(Set<Field> fields, List<MailboxPattern> masks, boolean total)
      implements Task.OfUser {
    @Override
    public List<Column> columns() {
      List<Column> columns = new ArrayList<>();
      if (!total) {
        columns.add(new Column("mailbox", Column.HIDE_TITLE));
      }
      for (Field field : fields) {
        boolean text = field == Field.GUID || field == Field.FIRSTSAVED;
        columns.add(new Column(field.key(), text ? 0 : Column.NUMBER));
      }
      return columns;
    }

    @Override
    public void run(UserContext context) throws Failure, IOException {
      Map<Field, Long> sums = new EnumMap<>(Field.class);
      for (String name : Mailboxes.matching(context.store(), masks)) {
        context.output().checkpoint();
        try {
          status(context, name, sums);
        } catch (Failure e) {
          if (e.outcome().endsRequest()) {
            throw e;
          }
          context.output().failed(e);
        }
      }
      if (total) {
        List<Value> values = new ArrayList<>();
        fields.forEach(field -> values.add(Value.of(sums.getOrDefault(field, 0L))));
        context.output().row(null, values);
      }
    }

    private void status(UserContext context, String name, Map<Field, Long> sums)
        throws Failure, IOException {
      try (Mailbox mailbox = Mailboxes.open(context.store(), name)) {
        Map<Field, Value> values = new EnumMap<>(Field.class);
        for (Map.Entry<Field, Long> count : counts(mailbox, context.output()).entrySet()) {
          sums.merge(count.getKey(), count.getValue(), Long::sum);
          values.put(count.getKey(), Value.of(count.getValue()));
        }
        context.output().count("mailboxes", 1);
        if (!total) {
          print(context, mailbox, values);
        }
      }
    }

    private void print(UserContext context, Mailbox mailbox, Map<Field, Value> values)
        throws Failure, IOException {
      List<Value> row = new ArrayList<>();
      row.add(Value.of(mailbox.name()));
      for (Field field : fields) {
        Value value = values.get(field);
        row.add(value != null ? value : single(mailbox, field, context.output()));
      }
      context.output().row(mailbox.name(), row);
    }

    /** Fields that are sums over the mails. */
    private Map<Field, Long> counts(Mailbox mailbox, Output output) throws Failure, IOException {
      Map<Field, Long> counts = new EnumMap<>(Field.class);
      // a mail that has just got a UID is recent; the next UID is the one after those of new mails
      boolean numbered = fields.contains(Field.RECENT) || fields.contains(Field.UIDNEXT);
      if (!numbered && fields.stream().noneMatch(field -> field.summable)) {
        return counts;
      }
      fields.stream().filter(field -> field.summable).forEach(field -> counts.put(field, 0L));
      if (!numbered && counts.keySet().equals(Set.of(Field.MESSAGES))) {
        counts.put(Field.MESSAGES, (long) mailbox.count());
        return counts;
      }
      MailFailures failures = new MailFailures(mailbox.name(), output);
      for (Mail mail : mailbox.mails(numbered)) {
        for (Field field : counts.keySet()) {
          try {
            counts.merge(field, share(mail, field), Long::sum);
          } catch (MailGoneException e) {
            // expunged meanwhile
          } catch (MailFailure e) {
            failures.add(e); // the others are counted all the same
          }
        }
      }
      failures.end();
      return counts;
    }

    private static long share(Mail mail, Field field) throws Failure {
      return switch (field) {
        case MESSAGES -> 1;
        case RECENT -> mail.flags().has(Flag.RECENT) ? 1 : 0;
        case UNSEEN -> mail.flags().has(Flag.SEEN) ? 0 : 1;
        case VSIZE -> mail.virtualSize();
        case UIDNEXT, UIDVALIDITY, HIGHESTMODSEQ, GUID, FIRSTSAVED ->
            throw new IllegalArgumentException(field.key());
      };
    }

    private static Value single(Mailbox mailbox, Field field, Output output)
        throws Failure, IOException {
      try {
        return single(mailbox, field);
      } catch (MailFailure e) { // the others are there, and columns must not shift
        output.failed(e);
        return Value.ABSENT;
      }
    }

    private static Value single(Mailbox mailbox, Field field) throws Failure {
      return switch (field) {
        case UIDNEXT -> Value.of(mailbox.identifiers().uidNext());
        case UIDVALIDITY -> Value.of(mailbox.identifiers().uidValidity());
        case GUID -> Value.of(mailbox.identifiers().guid());
        case FIRSTSAVED -> firstSaved(mailbox);
        case HIGHESTMODSEQ, MESSAGES, RECENT, UNSEEN, VSIZE -> Value.ABSENT;
      };
    }

    private static Value firstSaved(Mailbox mailbox) throws Failure {
      for (Mail mail : mailbox.mails(true)) {
        try {
          return Value.of(mail.saved());
        } catch (MailGoneException e) {
          // the next one is the first now
        }
      }
      return Value.of("never");
    }
  }
}
