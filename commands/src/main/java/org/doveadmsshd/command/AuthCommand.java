package org.doveadmsshd.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/** {@code doveadm auth test|login|lookup}: asks the authentication backend about master users. */
final class AuthCommand implements Command {
  /** What there is to know of a master user. */
  private static final List<String> FIELDS = List.of("user", "scope");

  private static final Argument USER = Argument.Kind.MASTER.named("user");
  private static final Argument PASSWORD = Argument.Kind.SECRET.named("password");

  private static final int MAX_PASSWORD = 1024;

  private final Kind kind;

  /** The question. */
  enum Kind {
    TEST("check the password of a master user"),
    LOGIN("check the password of a master user, and show what he may do"),
    LOOKUP("show what is known of master users");

    private final String summary;

    Kind(String summary) {
      this.summary = summary;
    }
  }

  AuthCommand(Kind kind) {
    this.kind = kind;
  }

  @Override
  public Manual manual() {
    String name = "auth " + kind.name().toLowerCase(Locale.ROOT);
    if (kind == Kind.LOOKUP) {
      return new Manual(
          name,
          Syntax.several(USER),
          kind.summary,
          "Exit code 67 when there is no such master user.\n",
          List.of(
              Option.of(
                  'f',
                  "field",
                  new Argument(Argument.Kind.FIELD, "field", FIELDS),
                  "print only the value of this field")),
          false,
          Access.ADMIN);
    }
    return new Manual(
        name,
        Syntax.of(USER, Syntax.maybe(PASSWORD)),
        kind.summary,
        """
        Without a password on the command line, where others may see it, the first line of
        standard input is taken. Exit code 77 when the password is not right.
        """,
        List.of(),
        false,
        Access.ADMIN);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    List<String> all = words.positionals();
    checkNumber(words);
    if (kind == Kind.LOOKUP) {
      return new LookupTask(all, words.value("field"));
    }
    Optional<String> password = all.size() > 1 ? Optional.of(all.get(1)) : Optional.empty();
    return new PasswordTask(all.get(0), password, kind == Kind.LOGIN);
  }

  /** The first line of the input, without its line break. */
  static String password(UserContext.Input input) throws Failure, IOException {
    try (InputStream in = input.open()) {
      String text = new String(in.readNBytes(MAX_PASSWORD + 1), StandardCharsets.UTF_8);
      String line = text.split("\r?\n", 2)[0];
      if (line.isEmpty() || line.length() > MAX_PASSWORD) {
        throw Failure.usage("A password is expected on the first line of standard input");
      }
      return line;
    }
  }

  private static void print(Output output, String line) throws Failure, IOException {
    output.row(null, List.of(Value.of(line)));
  }

  private static Failure unknown(String user) {
    return new Failure(Outcome.NO_USER, "passdb lookup: user " + user + " doesn't exist");
  }

  private static String scope(Master master) {
    return String.join("; ", master.scope().text());
  }

  /** Checks a password. */
  private record PasswordTask(String user, Optional<String> password, boolean shows)
      implements Task.OfServer {
    @Override
    public List<Column> columns() {
      return List.of(new Column("text", Column.HIDE_TITLE));
    }

    @Override
    public Optional<String> input() {
      return password.isPresent() ? Optional.empty() : Optional.of("-");
    }

    @Override
    public void run(ServerContext context) throws Failure, IOException {
      context.requireAllUsers(shows ? "auth login" : "auth test");
      String given = password.isPresent() ? password.get() : AuthCommand.password(context.input());
      Optional<Master> master = context.masters().authenticate(new LoginAttempt(user, given, ""));
      print(
          context.output(),
          "passdb: " + user + " auth " + (master.isPresent() ? "succeeded" : "failed"));
      print(context.output(), "extra fields:");
      print(context.output(), "  user=" + user);
      if (master.isEmpty()) {
        throw new Failure(Outcome.NO_PERMISSION, "Authentication failed: " + user);
      }
      if (shows) {
        print(context.output(), "scope:");
        for (String rule : master.get().scope().text()) {
          print(context.output(), "  " + rule);
        }
      }
    }
  }

  /** Shows the fields. */
  private record LookupTask(List<String> users, Optional<String> field) implements Task.OfServer {
    @Override
    public List<Column> columns() {
      return List.of(new Column("text", Column.HIDE_TITLE));
    }

    @Override
    public void run(ServerContext context) throws Failure, IOException {
      context.requireAllUsers("auth lookup");
      for (String user : users) {
        Optional<Master> master = context.masters().find(user);
        if (master.isEmpty()) {
          context.output().failed(unknown(user));
        } else {
          show(context.output(), user, master.get());
        }
      }
    }

    private void show(Output output, String user, Master master) throws Failure, IOException {
      if (field.isPresent()) {
        String value = field.get().equals("user") ? user : AuthCommand.scope(master);
        if (FIELDS.contains(field.get())) {
          print(output, value);
        }
        return;
      }
      print(output, "passdb: " + user);
      print(output, "  user      : " + user);
      print(output, "  scope     : " + AuthCommand.scope(master));
    }
  }
}
