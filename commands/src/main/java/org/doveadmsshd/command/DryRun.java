package org.doveadmsshd.command;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.search.Candidate;

/** {@code --dry-run}: for each mailbox how many mails a command would touch, and their bytes. */
record DryRun(MailSearch search) implements Task.OfUser {
  static final Option OPTION = CommandLineOptions.DRY_RUN;
  static final String NAME = OPTION.name();

  /** What is counted. */
  static final List<Column> COLUMNS =
      List.of(
          new Column("mailbox", Column.HIDE_TITLE),
          new Column("mails", Column.NUMBER),
          new Column("bytes", Column.NUMBER));

  @Override
  public List<Column> columns() {
    return COLUMNS;
  }

  @Override
  public void run(UserContext context) throws Failure, IOException {
    Tally tally = new Tally();
    search.forEach(context, true, tally);
    tally.print(context.output());
  }

  /** Mails and bytes by mailbox. */
  static final class Tally implements MailSearch.Visitor {
    private final Map<String, long[]> sums = new LinkedHashMap<>();

    @Override
    public void visit(Mailbox mailbox, Candidate candidate) throws Failure {
      add(mailbox, candidate.mail());
    }

    /** Has a row for a mailbox, also when there is no mail in it. */
    void begin(Mailbox mailbox) {
      sums.computeIfAbsent(mailbox.name(), name -> new long[2]);
    }

    void add(Mailbox mailbox, Mail mail) throws Failure {
      long size = mail.virtualSize();
      begin(mailbox);
      long[] sum = sums.get(mailbox.name());
      sum[0]++;
      sum[1] += size;
    }

    void print(Output output) throws Failure, IOException {
      for (Map.Entry<String, long[]> sum : sums.entrySet()) {
        Value name = Value.of(sum.getKey());
        long[] numbers = sum.getValue();
        output.row(sum.getKey(), List.of(name, Value.of(numbers[0]), Value.of(numbers[1])));
        output.count("would be changed", numbers[0]);
        output.count("bytes", numbers[1]);
      }
    }
  }
}
