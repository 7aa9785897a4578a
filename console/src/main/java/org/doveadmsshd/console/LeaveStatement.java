package org.doveadmsshd.console;

import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.command.Access;
import org.doveadmsshd.command.Manual;

/** {@code exit} and {@code quit}. */
record LeaveStatement(String name) implements Statement {
  private static final int MOST = 255;

  @Override
  public Manual manual() {
    return new Manual(
        name,
        Syntax.maybe(Kind.NUMBER.named("code")),
        "leave",
        """
        Ends the session with that exit code, or else with the one of the last command, as shells
        do. At a prompt Ctrl-D does the same.
        """,
        List.of(),
        false,
        Access.READ);
  }

  @Override
  public void check(Words words, Session session) throws Failure {
    if (!words.positionals().isEmpty()) {
      code(words.positionals().get(0));
    }
  }

  @Override
  public int run(Words words, Session session) throws Failure {
    int code = session.exitCode();
    if (!words.positionals().isEmpty()) {
      code = code(words.positionals().get(0));
    }
    session.leave();
    return code;
  }

  private int code(String word) throws Failure {
    boolean possible = word.matches("[0-9]{1,3}") && Integer.parseInt(word) <= MOST;
    if (!possible) {
      throw Failure.usage(name + ": an exit code is a number from 0 to 255: " + word);
    }
    return Integer.parseInt(word);
  }
}
