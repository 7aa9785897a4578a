package org.doveadmsshd.console;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Times;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.command.Access;
import org.doveadmsshd.command.Manual;
import org.doveadmsshd.console.top.Lookout;
import org.doveadmsshd.console.top.Top;
import org.jline.terminal.Terminal;

/** {@code top}: what goes on, kept up to date. */
record TopStatement() implements Statement {
  private static final String NAME = "top";
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(60);

  @Override
  public Manual manual() {
    return new Manual(
        NAME,
        Syntax.maybe(Kind.SPAN.named("interval")),
        "watch runs and lanes in progress, and stop them",
        """
        Shows what doveadm who shows, anew each second or after another interval of up to 60s,
        with users a second and the time that a run over several users has left.
        Up and Down select a line, k asks and then stops what stands there, s slows a run down, q or
        Ctrl-C leaves. A terminal that can only print gets the lines one below another; a script
        gets them once.
        """,
        List.of(),
        false,
        Access.READ);
  }

  @Override
  public void check(Words words, Session session) throws Failure {
    interval(words.positionals());
  }

  @Override
  public int run(Words words, Session session) throws Failure, IOException {
    Duration interval = interval(words.positionals());
    List<String> chosen = session.choices().servers();
    Lookout lookout =
        new Lookout(session::carryOut, chosen.isEmpty() ? session.runner().servers() : chosen);
    Optional<Terminal> terminal = session.terminal();
    if (terminal.isPresent()) {
      new Top(terminal.get(), lookout, interval).show();
    } else {
      String lines = String.join("\n", Top.once(lookout, Console.DEFAULT_WIDTH)) + "\n";
      session.console().out().write(lines.getBytes(StandardCharsets.UTF_8));
    }
    return 0;
  }

  private static Duration interval(List<String> words) throws Failure {
    if (words.isEmpty()) {
      return SHORTEST;
    }
    return Times.spanOrSeconds(words.get(0))
        .filter(span -> span.compareTo(SHORTEST) >= 0 && span.compareTo(LONGEST) <= 0)
        .orElseThrow(() -> Failure.usage(NAME + ": from 1s to 60s, not " + words.get(0)));
  }
}
