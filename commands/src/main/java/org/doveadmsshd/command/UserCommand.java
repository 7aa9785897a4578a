package org.doveadmsshd.command;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/** {@code doveadm user}: what the userdb says. */
final class UserCommand implements Command {
  private static final Argument MASK = Kind.USER_MASK.named("user mask");
  private static final String NAME = "user";

  @Override
  public Manual manual() {
    return new Manual(
        NAME,
        Syntax.of(MASK, Syntax.anyNumber(MASK)),
        "show users of the userdb",
        """
        With a mask (* for anything, ? for one character): the names of matching users. Without:
        the fields of each user.
        """,
        List.of(
            Option.of(
                'f', "field", Kind.FIELD.named("field"), "print only the value of this field")),
        false,
        Access.READ);
  }

  @Override
  public Task prepare(Words words, Time time) throws Failure {
    checkNumber(words, "[-f <field>] ");
    List<UserMask> masks = words.positionals().stream().map(UserMask::new).toList();
    return masks.stream().anyMatch(UserMask::hasWildcard)
        ? new ListTask(masks)
        : new LookupTask(words.positionals(), words.value("field"));
  }

  /** Names. */
  private record ListTask(List<UserMask> masks) implements Task.OfServer {
    @Override
    public List<Column> columns() {
      return List.of(new Column("user", Column.HIDE_TITLE));
    }

    @Override
    public void run(ServerContext context) throws Failure, IOException {
      context
          .userdb()
          .forEach(
              name -> {
                context.output().checkpoint();
                if (context.master().scope().hasCommand(name, NAME)
                    && masks.stream().anyMatch(mask -> mask.matches(name))) {
                  context.output().row(null, List.of(Value.of(name)));
                }
              });
    }
  }

  /** Fields: all of them, or the value of one. */
  private record LookupTask(List<String> users, Optional<String> field) implements Task.OfServer {
    @Override
    public List<Column> columns() {
      return field.isPresent()
          ? List.of(new Column("user"), new Column("value"))
          : List.of(new Column("user"), new Column("field"), new Column("value"));
    }

    @Override
    public String defaultFormatter() {
      return "user";
    }

    @Override
    public void run(ServerContext context) throws Failure, IOException {
      for (String name : users) {
        try {
          lookup(context, name);
        } catch (Failure e) {
          context.output().failed(e);
        }
      }
    }

    private void lookup(ServerContext context, String name) throws Failure, IOException {
      context.master().scope().checkUser(name, NAME);
      MailUser user =
          context
              .userdb()
              .find(name)
              .orElseThrow(() -> new Failure(Outcome.NO_USER, "User doesn't exist: " + name));
      context.master().scope().checkUser(user.name(), NAME);
      Map<String, String> fields = new LinkedHashMap<>();
      if (!user.name().equals(name)) {
        fields.put("user", user.name());
      }
      fields.putAll(user.fields());
      fields.putIfAbsent("mail", context.mailLocation());
      for (Map.Entry<String, String> entry : fields.entrySet()) {
        Value value = Value.of(entry.getValue());
        if (field.isEmpty()) {
          context.output().row(null, List.of(Value.of(name), Value.of(entry.getKey()), value));
        } else if (field.get().equals(entry.getKey())) {
          context.output().row(null, List.of(Value.of(name), value));
        }
      }
    }
  }
}
