package org.doveadmsshd.brain;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.base.UserName;
import org.doveadmsshd.brain.placement.Place;
import org.doveadmsshd.brain.placement.Placement;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/** Says where users are, and by which rule: a row for each. One thread. */
public final class Where {
  /** What a row has. */
  public static final List<Column> COLUMNS =
      List.of(
          new Column("user"),
          new Column("server"),
          new Column("rule"),
          new Column("term", Column.RIGHT | Column.NUMBER));

  private static final int TEMPORARY = Outcome.TEMPORARY_FAILURE.exitCode();

  private final Fleet fleet;
  private final Console console;
  private final RowOutput out;
  private int exitCode;
  private long misplaced;

  /**
   * @param out has these {@link #COLUMNS}
   * @throws Failure when two servers have one name
   */
  public Where(List<Server> servers, Placement placement, Console console, RowOutput out)
      throws Failure {
    this.fleet = new Fleet(servers, placement);
    this.console = console;
    this.out = out;
  }

  /** Of one user, whether he exists or not. No server is asked. */
  public void user(String name) throws IOException {
    if (!UserName.isPossible(name)) {
      fail(name, Outcome.NO_USER, UserName.explanation(name));
      return;
    }
    try {
      Route route = fleet.route(name);
      if (route.isNowhere()) {
        fail(name, Outcome.NO_USER, route.why());
      } else {
        row(name, route);
      }
    } catch (Failure e) {
      fail(name, e.outcome(), e.getMessage());
    }
  }

  /** Of all users that the servers list, each as often as he is worked on. */
  public void users(UserMask mask) throws IOException {
    for (Server server : fleet.servers()) {
      try {
        server.listUsers(mask, user -> listed(server, user));
      } catch (Failure e) {
        fail("", e.outcome(), e.getMessage());
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
  }

  private void listed(Server server, String user) {
    try {
      Route route = fleet.isAnyones() ? Route.to(server, user) : fleet.route(user);
      if (route.isNowhere() || route.first() != server) {
        misplaced++;
      } else {
        row(user, route);
      }
    } catch (Failure e) {
      try {
        fail(user, e.outcome(), e.getMessage());
      } catch (IOException gone) {
        throw new UncheckedIOException(gone);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void row(String user, Route route) throws IOException {
    Place place = route.place();
    out.row(
        List.of(
            Value.of(user),
            Value.of(String.join(",", route.servers().stream().map(Server::name).toList())),
            Value.of(place.rule()),
            place.term().isPresent() ? Value.of(place.term().getAsLong()) : Value.ABSENT));
  }

  private void fail(String user, Outcome outcome, String text) throws IOException {
    exitCode = exitCode == 0 || outcome.exitCode() == TEMPORARY ? outcome.exitCode() : exitCode;
    console.complain(user.isEmpty() ? text : Printable.line(user) + ": " + text);
  }

  /** Says what is to be said at the end; returns the exit code. */
  public int end() throws IOException {
    if (misplaced > 0) {
      console.warn(Fleet.misplaced(misplaced));
    }
    return exitCode;
  }
}
