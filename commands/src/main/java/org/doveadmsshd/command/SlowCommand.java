package org.doveadmsshd.command;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Rate;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/** {@code doveadm slow}: a run leaves others more of the server. */
final class SlowCommand implements Command {
  private static final String NAME = "slow";

  /** Takes a limit back. */
  private static final String NO_LIMIT = "0";

  @Override
  public Manual manual() {
    return new Manual(
        NAME,
        Syntax.of(Kind.ACTIVITY.named("id"), Kind.RATE.named("users a second")),
        "slow a run down",
        """
        The run with that id, as doveadm who shows it, begins so many users from then on and no
        more: 20 a second, 0.5, 30/min. It takes the place of --max-rate; 0 is no limit. It is
        for runs of the server's own brain: the runs of doveadm-ssh are lanes here. Who may not
        see every user slows what doveadm who shows him. Exit code 68 when there is no such run.
        """,
        List.of(),
        false,
        Access.WRITE);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    checkNumber(words);
    String pace = words.positionals().get(1);
    Optional<Rate> rate = pace.equals(NO_LIMIT) ? Optional.of(Rate.UNLIMITED) : Rate.of(pace);
    return new SlowTask(
        words.positionals().get(0),
        rate.orElseThrow(
            () -> Failure.usage("slow: so many users are 20, 0.5, 30/min, or 0: " + pace)));
  }

  private record SlowTask(String id, Rate rate) implements Task.OfServer {
    @Override
    public List<Column> columns() {
      return List.of(new Column("id"), new Column("master"), new Column("command"));
    }

    @Override
    public String defaultFormatter() {
      return "table";
    }

    @Override
    public void run(ServerContext context) throws Failure, IOException {
      List<ServerContext.Activity.ActiveSession> slowed =
          context
              .activity()
              .slow(session -> session.id().equals(id) && context.mayTouch(session, NAME), rate);
      for (ServerContext.Activity.ActiveSession session : slowed) {
        context
            .output()
            .row(
                null,
                List.of(
                    Value.of(session.id()), Value.of(session.master()), Value.of(session.doing())));
      }
      if (slowed.isEmpty()) {
        throw new Failure(Outcome.NOT_FOUND, "There is no run " + id);
      }
    }
  }
}
