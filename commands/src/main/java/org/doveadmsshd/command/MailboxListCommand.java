package org.doveadmsshd.command;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.maildir.ModifiedUtf7;
import org.doveadmsshd.storage.search.MailboxPattern;

/** {@code doveadm mailbox list}: names of mailboxes. */
final class MailboxListCommand implements Command {
  private static final List<Column> COLUMNS = List.of(new Column("mailbox", Column.HIDE_TITLE));

  @Override
  public Manual manual() {
    return new Manual(
        "mailbox list",
        Syntax.anyNumber(Arguments.MAILBOX_MASK),
        "list mailboxes",
        """
        In a mask, * stands for anything and % for anything within one level of the hierarchy.
        A single name without either is printed as it is given, whether there is such a mailbox or
        not. A mask reaches into a namespace with a prefix only when that stands in it: Public/*.
        """,
        List.of(
            Option.flag('s', "subscribed", "only mailboxes the user has subscribed to"),
            Option.flag('7', "mutf7", "print names in modified UTF-7"),
            Option.flag('8', "utf8", "print names in UTF-8 (this is the default)")),
        true,
        Access.READ);
  }

  @Override
  public Task prepare(Words words, Time time) {
    return new ListTask(
        words.positionals().stream().map(MailboxPattern::new).toList(),
        words.has("subscribed"),
        words.has("mutf7"));
  }

  private record ListTask(List<MailboxPattern> masks, boolean subscribed, boolean mutf7)
      implements Task.OfUser {
    @Override
    public List<Column> columns() {
      return COLUMNS;
    }

    @Override
    public void run(UserContext context) throws Failure, IOException {
      for (String name : names(context.store())) {
        context.output().checkpoint();
        String shown = mutf7 ? ModifiedUtf7.encode(name) : name;
        context.output().row(name, List.of(Value.of(shown)));
        context.output().count("mailboxes", 1);
      }
    }

    private Set<String> names(MailStore store) throws Failure {
      Set<String> names = new LinkedHashSet<>();
      if (!subscribed && masks.size() == 1 && !masks.get(0).hasWildcard()) {
        names.add(masks.get(0).text());
        return names;
      }
      for (MailStore.ListedName entry : subscribed ? subscribed(store) : all(store)) {
        if (masks.isEmpty() || masks.stream().anyMatch(mask -> mask.matches(entry))) {
          names.add(entry.name());
        }
      }
      return names;
    }

    private List<MailStore.ListedName> all(MailStore store) throws Failure {
      return masks.isEmpty() ? store.list() : store.list(texts());
    }

    private List<MailStore.ListedName> subscribed(MailStore store) throws Failure {
      List<String> names = masks.isEmpty() ? store.subscriptions() : store.subscriptions(texts());
      return names.stream().map(store::named).toList();
    }

    private List<String> texts() {
      return masks.stream().map(MailboxPattern::text).toList();
    }
  }
}
