package org.doveadmsshd.command;

import java.io.IOException;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/** {@code doveadm check-mail}: what is odd about the files of a user's mail. */
final class CheckMailCommand implements Command {
  private static final String NAME = "check-mail";

  private static final List<Column> COLUMNS =
      List.of(new Column("mailbox"), new Column("file"), new Column("what"), new Column("mend"));

  @Override
  public Manual manual() {
    return new Manual(
        NAME,
        Syntax.NOTHING,
        "look for what is odd about the files of mail",
        """
        A line for each thing that is not as it should be: where it is, what it is, and a command
        that puts it right. Nothing is changed, and no mail is read. It looks for: foreign owners,
        files that cannot be read, modes, symbolic links, files that do not belong there, names that
        no mail or mailbox has, several files of one base, sizes in names (S=) that are not the
        file's, flags in new, mailboxes without cur, damaged lists (dovecot-uidlist,
        dovecot-keywords, subscriptions), letters of keywords without names, and what was left
        behind: in tmp for more than 36 hours, locks that nobody holds, mailboxes that were being
        deleted.
        A line of mend is for bash, on the machine that the mail is on, as root where it is chown;
        one that begins with doveadm is for doveadm. A mail that gets another name by mv gets
        another UID.
        The exit code is 0 when there is nothing odd, 65 when there is.
        """,
        List.of(),
        true,
        Access.READ);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    words.requireNone("doveadm " + NAME);
    return new CheckTask();
  }

  private record CheckTask() implements Task.OfUser {
    @Override
    public List<Column> columns() {
      return COLUMNS;
    }

    @Override
    public String defaultFormatter() {
      return "tab";
    }

    @Override
    public void run(UserContext context) throws Failure, IOException {
      Output output = context.output();
      long[] odd = {0};
      output.checkpoint();
      context
          .store()
          .check(
              oddity -> {
                output.checkpoint();
                odd[0]++;
                output.row(
                    oddity.mailbox(),
                    List.of(
                        Value.of(oddity.mailbox()),
                        Value.of(oddity.file()),
                        Value.of(oddity.what()),
                        Value.of(oddity.mend().line(context.user()))));
              });
      output.count("odd", odd[0]);
      if (odd[0] > 0) {
        output.failed(
            new Failure(
                Outcome.DATA_ERROR,
                odd[0] == 1 ? "One thing is odd" : "%d things are odd".formatted(odd[0])));
      }
    }
  }
}
