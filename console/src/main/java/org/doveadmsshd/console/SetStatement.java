package org.doveadmsshd.console;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.command.Access;
import org.doveadmsshd.command.Manual;

/** {@code set}: how the commands that follow are carried out. */
record SetStatement() implements Statement {
  @Override
  public Manual manual() {
    return new Manual(
        "set",
        Syntax.maybe(
            Argument.choice("setting", Choice.words()), Syntax.several(Kind.TEXT.named("value"))),
        "choose how the commands that follow are carried out",
        """
        format <formatter>    how results are shown, as -f
        timeout <time>        give up on a user after this time, as --timeout: 30s, 5m
        servers <name> [...]  only on these servers (doveadm-ssh)

        Without words it shows what is set. The value default, or unset, takes a choice back.
        A command that says it itself is not changed.
        """,
        List.of(),
        false,
        Access.READ);
  }

  @Override
  public int run(Words words, Session session) throws Failure, IOException {
    List<String> given = words.positionals();
    if (given.isEmpty()) {
      show(session);
      return 0;
    }
    Choice choice = Choice.of(given.get(0));
    List<String> values = given.subList(1, given.size());
    session.choose(
        values.equals(List.of(Choice.DEFAULT))
            ? choice.unset(session.choices())
            : choice.set(session.choices(), values, session.runner().servers()));
    return 0;
  }

  private static void show(Session session) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Choice choice : Choice.values()) {
      text.append("%-8s %s%n".formatted(choice.word(), choice.shown(session.choices())));
    }
    var out = session.console().out();
    out.write(Printable.lines(text.toString()).getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  @Override
  public boolean onlyChooses() {
    return true;
  }
}
