package org.doveadmsshd.console;

import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.UserName;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.command.Access;
import org.doveadmsshd.command.Manual;

/** {@code use}: whose mail the commands that follow are about. */
record UseStatement() implements Statement {
  @Override
  public Manual manual() {
    return new Manual(
        "use",
        Syntax.maybe(Kind.USER_MASK.named("user")),
        "choose whose mail the commands that follow are about",
        """
        A user, a mask in quotes ('*@example.org'), or -A for all users that your scope covers.
        Without any of them nobody is chosen any more. A command with -u, -A or -F of its own is
        not changed. The prompt shows who is chosen.
        """,
        List.of(Option.flag('A', "all-users", "all users (that your scope covers)")),
        false,
        Access.READ);
  }

  private static Optional<String> named(Words words) {
    return words.positionals().stream().findFirst();
  }

  @Override
  public void check(Words words, Session session) throws Failure {
    Optional<String> named = named(words);
    if (words.has("all-users") && named.isPresent()) {
      throw Failure.usage("use: either -A or one user or mask");
    }
    if (!named.map(UserName::isPossible).orElse(true)) {
      throw Failure.usage("use: " + UserName.explanation(named.orElse("")));
    }
  }

  @Override
  public int run(Words words, Session session) {
    boolean all = words.has("all-users");
    session.choose(session.choices().withUsers(all ? Optional.of(Choices.ALL) : named(words)));
    return 0;
  }

  @Override
  public boolean onlyChooses() {
    return true;
  }
}
