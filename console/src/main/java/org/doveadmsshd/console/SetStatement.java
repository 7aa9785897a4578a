package org.doveadmsshd.console;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Printable;
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
        Syntax.maybe(Syntax.either(choices())),
        "choose how the commands that follow are carried out",
        """
        format <formatter>    how results are shown, as -f
        timeout <time>        give up on a user after this time, as --timeout: 30s, 5m
        servers <name> [...]  only on these servers (doveadm-ssh)
        colors on|off         whether what is typed is coloured
        pager on|off          whether what is longer than the screen waits for keys

        Without words it shows what is set. The value default, or unset, takes a choice back.
        A command that says it itself is not changed.
        """,
        List.of(),
        false,
        Access.READ);
  }

  private static Syntax[] choices() {
    return Choice.all().stream()
        .map(choice -> Syntax.of(Syntax.word(choice.word()), choice.syntax()))
        .toArray(Syntax[]::new);
  }

  @Override
  public void check(Words words, Session session) throws Failure {
    chosen(words.positionals(), session);
  }

  @Override
  public int run(Words words, Session session) throws Failure, IOException {
    if (words.positionals().isEmpty()) {
      show(session);
    }
    session.choose(chosen(words.positionals(), session));
    return 0;
  }

  private static Choices chosen(List<String> given, Session session) throws Failure {
    if (given.isEmpty()) {
      return session.choices();
    }
    Choice choice = Choice.of(given.get(0));
    List<String> values = given.subList(1, given.size());
    if (values.isEmpty()) {
      throw Failure.usage("set " + choice.word() + " takes " + choice.syntax().text());
    }
    return values.equals(List.of(Choice.DEFAULT))
        ? choice.unset().apply(session.choices())
        : choice.setter().set(session.choices(), values, session.runner().servers());
  }

  private static void show(Session session) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Choice choice : Choice.all()) {
      text.append("%-8s %s%n".formatted(choice.word(), choice.shown().apply(session.choices())));
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
