package org.doveadmsshd.command;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/** {@code doveadm reload}, {@code stop} and {@code config}: the server itself. */
final class ControlCommand implements Command {
  private final Kind kind;

  /** The action. */
  enum Kind {
    RELOAD(
        "read the configuration anew",
        """
        Master users, passwords, users, mail location, lock timeout, quota, the server's keys,
        certificates and revoked keys, the audit log, the isolation, and what becomes of journals
        are taken from the configuration as it is now; what is under way goes on with the old.
        Addresses, ports, sockets, limits of connections, authorized_keys, state_directory and
        authentication_methods need a restart.
        A configuration with mistakes changes nothing.
        """) {
      @Override
      void run(ServerContext context) throws Failure {
        context.activity().reload();
      }
    },
    STOP(
        "stop the server",
        """
        Commands under way may go on for shutdown_timeout, then they are stopped.
        """) {
      @Override
      void run(ServerContext context) {
        context.activity().stop();
      }
    },
    CONFIG(
        "show the settings in force",
        """
        All settings, those that were not set with their defaults. Passwords are shown as ****.
        """) {
      @Override
      void run(ServerContext context) throws Failure, IOException {
        for (String line : context.activity().settings()) {
          context.output().row(null, List.of(Value.of(line)));
        }
      }
    };

    private final String summary;
    private final String description;

    Kind(String summary, String description) {
      this.summary = summary;
      this.description = description;
    }

    abstract void run(ServerContext context) throws Failure, IOException;
  }

  ControlCommand(Kind kind) {
    this.kind = kind;
  }

  @Override
  public Manual manual() {
    String name = kind.name().toLowerCase(Locale.ROOT);
    List<Option> options =
        kind == Kind.CONFIG
            ? List.of(Option.flag('n', "non-default", "accepted; all settings are shown"))
            : List.of();
    return new Manual(
        name, Syntax.NOTHING, kind.summary, kind.description, options, false, Access.ADMIN);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    words.requireNone("doveadm " + name());
    return new ControlTask(kind);
  }

  private record ControlTask(Kind kind) implements Task.OfServer {
    @Override
    public List<Column> columns() {
      return kind == Kind.CONFIG ? List.of(new Column("setting", Column.HIDE_TITLE)) : List.of();
    }

    @Override
    public void run(ServerContext context) throws Failure, IOException {
      context.requireAllUsers(kind.name().toLowerCase(Locale.ROOT));
      kind.run(context);
    }
  }
}
