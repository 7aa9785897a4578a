package org.doveadmsshd.command;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/** {@code doveadm runs}, and what is done with one of them. */
final class RunsCommand implements Command {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
  private static final long LOOK_MILLIS = 1000;
  private static final long STEP_MILLIS = 100;

  private static final List<Column> COLUMNS =
      List.of(
          new Column("id"),
          new Column("state"),
          new Column("users", Column.RIGHT | Column.NUMBER),
          new Column("failed", Column.RIGHT | Column.NUMBER),
          new Column("started"),
          new Column("master"),
          new Column("command"));

  private final Kind kind;

  /** What is done. */
  enum Kind {
    LIST(
        "runs",
        "list runs that are written down",
        """
        Runs that change mail of several users, and those for more than 1,000 users, are written
        down where their brain is: on a server those of ssh admin@host doveadm, and on your machine
        those of doveadm-ssh. "users" says how many have come to the end, "failed" how many of
        these not well. A run that is broken off, or has failed, is gone on with by
        doveadm --resume <id>. Who may not see every user sees his own runs, and those of masters
        whose names are in his scope.
        """,
        Access.READ),
    SHOW(
        "runs show",
        "show a run, and the users for whom it failed",
        """
        Rows of the kind "run" tell what the run is; those of the kind "failure" name a user each,
        with his outcome, the server, and why. The journal has all users (docs/journal.md).
        """,
        Access.READ),
    WATCH(
        "runs watch",
        "show every second how far a run is, until it ends",
        """
        Ctrl-C ends watching, and not the run.
        """,
        Access.READ),
    CANCEL(
        "runs cancel",
        "have a run stop",
        """
        Users under way end at their next checkpoint, others are not begun; doveadm --resume does
        the rest later. Exit code 68 when the run does not go on.
        """,
        Access.WRITE);

    private final String name;
    private final String summary;
    private final String description;
    private final Access access;

    Kind(String name, String summary, String description, Access access) {
      this.name = name;
      this.summary = summary;
      this.description = description;
      this.access = access;
    }
  }

  RunsCommand(Kind kind) {
    this.kind = kind;
  }

  @Override
  public Manual manual() {
    Syntax syntax = kind == Kind.LIST ? Syntax.NOTHING : Argument.Kind.TEXT.named("id|last");
    return new Manual(
        kind.name, syntax, kind.summary, kind.description, List.of(), false, kind.access);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    checkNumber(words);
    if (kind == Kind.LIST) {
      return new ListTask();
    }
    String run = words.positionals().get(0);
    return switch (kind) {
      case SHOW -> new ShowTask(run);
      case WATCH -> new WatchTask(run);
      default -> new CancelTask(run);
    };
  }

  private static List<Value> row(Runs.Kept run) {
    return List.of(
        Value.of(run.id()),
        Value.of(run.state().word()),
        Value.of(run.users()),
        Value.of(run.failed()),
        Value.of(time(run.started())),
        Value.of(run.master()),
        Value.of(run.line()));
  }

  private static String time(Instant moment) {
    return TIME.format(moment.atZone(ZoneId.systemDefault()));
  }

  private record ListTask() implements Task.Local {
    @Override
    public List<Column> columns() {
      return COLUMNS;
    }

    @Override
    public String defaultFormatter() {
      return "table";
    }

    @Override
    public void run(LocalContext context) throws Failure, IOException {
      context.runs().list(Kind.LIST.name, run -> context.output().row(row(run)));
    }
  }

  private record WatchTask(String name) implements Task.Local {
    @Override
    public List<Column> columns() {
      return COLUMNS.subList(0, 4);
    }

    @Override
    public String defaultFormatter() {
      return "table";
    }

    @Override
    public void run(LocalContext context) throws Failure, IOException {
      try (Runs.Look look = context.runs().look(name, Kind.WATCH.name)) {
        while (true) {
          Runs.Kept now = look.now();
          context.output().row(row(now).subList(0, 4));
          context.output().flush();
          if (now.state() != Runs.State.RUNNING) {
            return;
          }
          await(context.output());
        }
      }
    }

    private static void await(LocalOutput output) throws Failure {
      try {
        for (long left = LOOK_MILLIS; left > 0; left -= STEP_MILLIS) {
          output.checkpoint();
          Thread.sleep(STEP_MILLIS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Failure(Outcome.CANCELLED, "Cancelled", e);
      }
    }
  }

  private record ShowTask(String name) implements Task.Local {
    @Override
    public List<Column> columns() {
      return List.of(
          new Column("kind"),
          new Column("name"),
          new Column("value"),
          new Column("server"),
          new Column("text"));
    }

    @Override
    public String defaultFormatter() {
      return "table";
    }

    @Override
    public void run(LocalContext context) throws Failure, IOException {
      LocalOutput output = context.output();
      try (Runs.Look look = context.runs().look(name, Kind.SHOW.name)) {
        Runs.Kept run = look.now();
        of(output, "id", run.id());
        of(output, "command", run.line());
        of(output, "master", run.master());
        of(output, "started", time(run.started()));
        of(output, "dates count from", time(run.now()));
        of(output, "placement", run.placement());
        of(output, "state", run.state().word());
        of(output, "users", "" + run.users());
        of(output, "failed", "" + run.failed());
        look.failures(
            (user, server, outcome, text) -> {
              output.checkpoint();
              output.row(values("failure", user, outcome.word(), server, text));
            });
      }
    }

    private static void of(LocalOutput output, String what, String value)
        throws Failure, IOException {
      output.row(values("run", what, value, "", ""));
    }

    private static List<Value> values(String... texts) {
      return Arrays.stream(texts).map(Value::of).toList();
    }
  }

  private record CancelTask(String name) implements Task.Local {
    @Override
    public void run(LocalContext context) throws Failure {
      context.runs().cancel(name, Kind.CANCEL.name);
    }
  }
}
