package org.doveadmsshd.command;

import java.io.IOException;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/** {@code doveadm who}: runs and lanes in progress. */
final class WhoCommand implements Command {
  private static final String NAME = "who";

  private static final List<Column> COLUMNS =
      List.of(
          new Column("id"),
          new Column("kind"),
          new Column("master"),
          new Column("address"),
          new Column("seconds", Column.RIGHT | Column.NUMBER),
          new Column("done", Column.RIGHT | Column.NUMBER),
          new Column("failed", Column.RIGHT | Column.NUMBER),
          new Column("command"),
          new Column("users", Column.RIGHT | Column.NUMBER));

  @Override
  public Manual manual() {
    return new Manual(
        NAME,
        Syntax.NOTHING,
        "show runs, lanes, shells and scripts in progress",
        """
        A run is a command that the server's own brain works through; a lane is a channel on
        which another brain sends requests; a shell or script is there beside the run that it is
        busy with. "done" and "failed" count users; "users" says how many a run over several users
        is for, as soon as they have been counted. Who may not see every user sees what is his
        own, and what masters do whose names are in his scope.
        """,
        List.of(),
        false,
        Access.READ);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    words.requireNone("doveadm " + NAME);
    return new WhoTask();
  }

  private record WhoTask() implements Task.OfServer {
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
      for (ServerContext.Activity.ActiveSession session : context.activity().activeSessions()) {
        if (context.mayTouch(session, NAME)) {
          context
              .output()
              .row(
                  null,
                  List.of(
                      Value.of(session.id()),
                      Value.of(session.kind()),
                      Value.of(session.master()),
                      Value.of(session.address()),
                      Value.of(session.seconds()),
                      Value.of(session.done()),
                      Value.of(session.failed()),
                      Value.of(session.doing()),
                      users(session)));
        }
      }
    }

    private static Value users(ServerContext.Activity.ActiveSession session) {
      return session.users().isPresent() ? Value.of(session.users().getAsLong()) : Value.ABSENT;
    }
  }
}
