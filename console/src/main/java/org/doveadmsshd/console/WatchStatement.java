package org.doveadmsshd.console;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Times;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.command.Access;
import org.doveadmsshd.command.Command;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.CommandLineOptions;
import org.doveadmsshd.command.Manual;
import org.doveadmsshd.console.result.Watch;
import org.jline.terminal.Terminal;

/** {@code watch}: a command again and again. */
record WatchStatement() implements Statement {
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(1);

  @Override
  public Manual manual() {
    return new Manual(
        "watch",
        Syntax.of(Kind.SPAN.named("time"), Kind.COMMAND.named("command")),
        "carry a command out again and again, and show what it prints",
        """
        The time is counted from the end of one run to the beginning of the next: 1s to 1day. Only
        commands that change nothing can be watched. The space bar runs it at once, q or Ctrl-C
        ends it.

        Example: watch 5s who
        """,
        List.of(),
        false,
        Access.READ);
  }

  @Override
  public boolean permutesOptions() {
    return false;
  }

  private static List<String> command(Words words) {
    return words.positionals().subList(1, words.positionals().size());
  }

  @Override
  public void check(Words words, Session session) throws Failure {
    interval(words.positionals().get(0));
    List<String> behindOptions =
        Words.parseUntilPositional("", CommandLineOptions.GLOBAL, command(words)).positionals();
    Optional<Manual> manual =
        CommandCatalog.findAtStart(behindOptions)
            .map(Command::manual)
            .or(() -> session.own(command(words)).map(OwnLine::manual));
    if (manual.isPresent() && !manual.get().onlyReads()) {
      throw Failure.usage("watch: only commands that change nothing can be watched");
    }
  }

  @Override
  public int run(Words words, Session session) throws Failure, IOException {
    String time = words.positionals().get(0);
    List<String> command = command(words);
    session.checkCommand(command); // else it would be refused again and again
    Terminal terminal =
        session.terminal().orElseThrow(() -> Failure.usage("watch: there is no terminal here"));
    String title = "every %s: %s".formatted(time, String.join(" ", command));
    Foreground.Work work = session.work(command);
    return new Watch(terminal, title, interval(time))
        .run(
            round ->
                session.carryOut(
                    (console, started) ->
                        work.run(round.console(console), round.started(started))));
  }

  private static Duration interval(String text) throws Failure {
    Duration interval = Times.spanOrSeconds(text).orElse(Duration.ZERO);
    if (interval.compareTo(SHORTEST) < 0 || interval.compareTo(LONGEST) > 0) {
      throw Failure.usage("watch: invalid time: " + text + " (1s to 1day)");
    }
    return interval;
  }
}
