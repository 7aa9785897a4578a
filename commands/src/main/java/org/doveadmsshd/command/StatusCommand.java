package org.doveadmsshd.command;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/** {@code doveadm status}: how a server is. */
final class StatusCommand implements Command {
  private static final String NAME = "status";

  private static final List<Column> COLUMNS =
      List.of(new Column("part"), new Column("state"), new Column("says"));

  @Override
  public Manual manual() {
    return new Manual(
        NAME,
        Syntax.NOTHING,
        "show how the server is, for people and health checks",
        """
        A line for each part: the server, its configuration, passdbs and userdbs with their last
        failure, sockets, the supervisor, worker processes, keys and certificates with their ends,
        memory, metrics. The state is ok, warning (it works, and somebody should look after it:
        a certificate that ends within 14 days, a configuration that was changed and not reloaded)
        or failed (whoever needs it fails). Userdbs are asked for a name that nobody has, and must
        answer within five seconds; passdbs are asked nothing.
        The exit code is 0 when nothing has failed, 75 when something has, or the server does not
        answer. Whoever asks must be allowed this command for all users.
        """,
        List.of(),
        false,
        Access.READ);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    words.requireNone("doveadm " + NAME);
    return new StatusTask();
  }

  private record StatusTask() implements Task.OfServer {
    @Override
    public List<Column> columns() {
      return COLUMNS;
    }

    @Override
    public String defaultFormatter() {
      return "table";
    }

    @Override
    public void run(ServerContext context) throws Failure, IOException {
      context.requireAllUsers(NAME);
      List<PartStatus> parts = context.activity().status();
      for (PartStatus each : parts) {
        context
            .output()
            .row(
                null,
                List.of(
                    Value.of(each.part()), Value.of(each.state().text()), Value.of(each.text())));
      }
      String failed =
          parts.stream()
              .filter(each -> each.state() == PartStatus.State.FAILED)
              .map(PartStatus::part)
              .collect(Collectors.joining(", "));
      if (!failed.isEmpty()) {
        context.output().failed(new Failure(Outcome.TEMPORARY_FAILURE, "Not well: " + failed));
      }
    }
  }
}
