package org.doveadmsshd.command;

import java.io.IOException;
import java.util.List;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Failure;
import org.doveadmsshd.protocol.Outcome;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.storage.QuotaUsage;

/** {@code doveadm quota get} and {@code doveadm quota recalc}. */
final class QuotaCommand implements Command {
  private final boolean recalculates;

  QuotaCommand(boolean recalculates) {
    this.recalculates = recalculates;
  }

  @Override
  public Manual manual() {
    return recalculates
        ? new Manual(
            "quota recalc",
            "",
            "count anew what users have stored",
            """
            With quota = maildir:… the file maildirsize is written anew. With quota = count:…
            mails are counted whenever somebody asks, and there is nothing to do.
            """,
            List.of(),
            true)
        : new Manual(
            "quota get",
            "",
            "show what users have stored and may store",
            """
            Two lines for each user: STORAGE in KiB and MESSAGE. "-" is no limit. The plugin section
            of the configuration says how it is counted and what the limits are; without it the
            exit code is 68.
            """,
            List.of(),
            true);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    if (!words.positionals().isEmpty()) {
      throw Failure.usage("doveadm " + name() + " takes no arguments");
    }
    return recalculates
        ? new MailboxEdit(
            (store, output) -> {
              check(store.hasQuota());
              store.recalculateQuota();
              output.count("recalculated", 1);
            })
        : new GetTask();
  }

  private static void check(boolean hasQuota) throws Failure {
    if (!hasQuota) {
      throw new Failure(
          Outcome.NOT_FOUND, "Quota is not configured (plugin { quota = count:User quota })");
    }
  }

  private record GetTask() implements Task.OfUser {
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
      check(context.store().hasQuota());
      QuotaUsage usage = context.store().quota();
      row(context, "STORAGE", usage, usage.bytes() / 1024, usage.byteLimit() / 1024);
      row(context, "MESSAGE", usage, usage.messages(), usage.messageLimit());
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
