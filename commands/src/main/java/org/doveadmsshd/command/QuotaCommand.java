package org.doveadmsshd.command;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.QuotaUsage;

/** {@code doveadm quota get} and {@code doveadm quota recalc}. */
final class QuotaCommand implements Command {
  /** Also set by {@code -o plugin/quota=…}, as with doveadm. */
  private static final String AS = "quota";

  private final boolean recalculates;

  QuotaCommand(boolean recalculates) {
    this.recalculates = recalculates;
  }

  @Override
  public Manual manual() {
    return recalculates
        ? new Manual(
            "quota recalc",
            Syntax.NOTHING,
            "count anew what users have stored",
            """
            With quota = maildir:… the file maildirsize is written anew. With quota = count:…
            mails are counted whenever somebody asks, and there is nothing to do.
            """,
            List.of(),
            true,
            Access.WRITE)
        : new Manual(
            "quota get",
            Syntax.NOTHING,
            "show what users have stored and may store",
            """
            Two lines for each user: STORAGE in KiB, rounded up, and MESSAGE. "-" is no limit. The
            plugin section of the configuration says how it is counted and what the limits are;
            without it the exit code is 68.
            """,
            List.of(
                Option.of(
                    AS,
                    Kind.TEXT.named("quota"),
                    "count as this says: count:<name> or maildir:<name>")),
            true,
            Access.READ);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    words.requireNone("doveadm " + name());
    return recalculates
        ? new MailboxEdit(
            (store, output) -> {
              check(store.quotaRules());
              store.recalculateQuota();
              output.count("recalculated", 1);
            })
        : new GetTask(words.value(AS));
  }

  private static void check(QuotaRules rules) throws Failure {
    if (rules.driver().isEmpty()) {
      throw new Failure(
          Outcome.NOT_FOUND, "Quota is not configured (plugin { quota = count:User quota })");
    }
  }

  private record GetTask(Optional<String> as) implements Task.OfUser {
    @Override
    public List<Column> columns() {
      return List.of(
          new Column("root", "Quota name", 0),
          new Column("type", "Type", 0),
          new Column("value", "Value", Column.RIGHT),
          new Column("limit", "Limit", Column.RIGHT),
          new Column("percent", "%", Column.RIGHT));
    }

    @Override
    public String defaultFormatter() {
      return "table";
    }

    @Override
    public void run(UserContext context) throws Failure, IOException {
      QuotaUsage usage = context.store().quota(rules(context.store()));
      row(context, "STORAGE", usage, (usage.bytes() + 1023) / 1024, usage.byteLimit() / 1024);
      row(context, "MESSAGE", usage, usage.messages(), usage.messageLimit());
    }

    private QuotaRules rules(MailStore store) throws Failure {
      QuotaRules rules = store.quotaRules();
      if (as.isPresent()) {
        rules =
            rules
                .countedAs(as.get())
                .orElseThrow(
                    () ->
                        Failure.usage(
                            "Invalid --quota: " + as.get() + " (count:<name> or maildir:<name>)"));
      }
      check(rules);
      return rules;
    }

    private static void row(
        UserContext context, String type, QuotaUsage usage, long value, long limit)
        throws Failure, IOException {
      long percent = limit == 0 ? 0 : value * 100 / limit;
      context
          .output()
          .row(
              null,
              List.of(
                  Value.of(usage.name()),
                  Value.of(type),
                  Value.of(value),
                  limit == 0 ? Value.of("-") : Value.of(limit),
                  Value.of(percent)));
    }
  }
}
