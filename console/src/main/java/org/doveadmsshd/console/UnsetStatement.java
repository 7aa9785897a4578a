package org.doveadmsshd.console;

import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.command.Access;
import org.doveadmsshd.command.Manual;

/** {@code unset}: takes back what {@code set} has chosen. */
record UnsetStatement() implements Statement {
  @Override
  public Manual manual() {
    return new Manual(
        "unset",
        Argument.choice("setting", Choice.words()),
        "take back what set has chosen",
        "As set with the value default.\n",
        List.of(),
        false,
        Access.READ);
  }

  @Override
  public void check(Words words, Session session) throws Failure {
    Choice.of(words.positionals().get(0));
  }

  @Override
  public int run(Words words, Session session) throws Failure {
    session.choose(Choice.of(words.positionals().get(0)).unset().apply(session.choices()));
    return 0;
  }

  @Override
  public boolean onlyChooses() {
    return true;
  }
}
