package org.doveadmsshd.command;

import java.io.IOException;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/** {@code doveadm kick}: ends runs and lanes of master users. */
final class KickCommand implements Command {
  private static final String NAME = "kick";

  @Override
  public Manual manual() {
    return new Manual(
        NAME,
        Syntax.either(Kind.MASTER_MASK.named("master mask"), Kind.ACTIVITY.named("id")),
        "end runs and lanes in progress",
        """
        Ends what doveadm who shows: all of the master users that match the mask, or the one with
        that id. Users under way are finished up to the mail they are at. Who may not see every
        user ends what doveadm who shows him. Exit code 68 when there is nothing to end.
        """,
        List.of(Option.flag('f', "force", "accepted; the same is done without it")),
        false,
        Access.WRITE);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    checkNumber(words);
    return new KickTask(words.positionals().get(0));
  }

  private record KickTask(String which) implements Task.OfServer {
    @Override
    public List<Column> columns() {
      return List.of(new Column("id"), new Column("kind"), new Column("master"));
    }

    @Override
    public String defaultFormatter() {
      return "table";
    }

    @Override
    public void run(ServerContext context) throws Failure, IOException {
      UserMask mask = new UserMask(which);
      List<ServerContext.Activity.ActiveSession> ended =
          context
              .activity()
              .kick(
                  session ->
                      context.mayTouch(session, NAME)
                          && !session.doing().startsWith("kick")
                          && (session.id().equals(which) || mask.matches(session.master())));
      for (ServerContext.Activity.ActiveSession session : ended) {
        context
            .output()
            .row(
                null,
                List.of(
                    Value.of(session.id()), Value.of(session.kind()), Value.of(session.master())));
      }
      if (ended.isEmpty()) {
        throw new Failure(Outcome.NOT_FOUND, "no users kicked");
      }
    }
  }
}
