package org.doveadmsshd.console;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.Running;
import org.doveadmsshd.brain.format.FormatterFactory;
import org.doveadmsshd.brain.format.Formatters;
import org.doveadmsshd.command.Access;
import org.doveadmsshd.command.CommandLineOptions;
import org.doveadmsshd.command.Manual;
import org.doveadmsshd.console.result.Arrangement;
import org.doveadmsshd.console.result.Result;

/** {@code last}: the rows of the last command again. */
record LastStatement() implements Statement {
  private static final String FORMATTER = "formatter";
  static final String NAME = "last";
  static final String OUTPUT = "output";

  @Override
  public Manual manual() {
    List<Option> options = new ArrayList<>();
    options.add(
        Option.of(
            'f',
            FORMATTER,
            Argument.choice("formatter", CommandLineOptions.FORMATTERS),
            "in this format"));
    options.addAll(Arrangement.OPTIONS);
    options.add(
        Option.of('o', OUTPUT, Kind.FILE.named("file"), "into a file (doveadm-ssh), as in a pipe"));
    return new Manual(
        NAME,
        Syntax.NOTHING,
        "show the last result again, in another format, sorted or filtered",
        """
        The rows of the last command that printed any are kept, up to 4 MiB, and shown again
        without asking a server. Columns are called as in -f json.

        A file is written where doveadm-ssh runs, also with last > file.

        Example: last -f table --sort 'messages desc' --where 'mailbox=*Trash'
        """,
        options,
        false,
        Access.READ);
  }

  @Override
  public void check(Words words, Session session) throws Failure {
    if (words.has(FORMATTER)) {
      Formatters.check(words.value(FORMATTER).orElse(""));
    }
    Arrangement.of(words).check();
  }

  @Override
  public int run(Words words, Session session) throws Failure, IOException {
    Result result = Arrangement.of(words).applied(session.lastResult());
    String formatter =
        words.value(FORMATTER).or(session.choices()::format).orElse(result.formatter());
    if (words.has(OUTPUT)) {
      try (OutputStream file = session.runner().create(words.value(OUTPUT).orElse(""))) {
        print(result, formatter, Formatters.plain(Console.DEFAULT_WIDTH), file, () -> false);
      }
      return 0;
    }
    return session.carryOut(new Showing(result, formatter));
  }

  /** Shows it on the terminal. */
  private record Showing(Result result, String formatter) implements Foreground.Work {
    @Override
    public int run(Console console, Consumer<Running> started) throws IOException {
      Printing printing = new Printing();
      started.accept(printing);
      try {
        OutputStream out = console.guarded().out();
        print(result, formatter, console.formatters(), out, printing::isCancelled);
        return 0;
      } catch (Failure e) {
        console.complain(e.getMessage());
        return e.outcome().exitCode();
      }
    }

    @Override
    public Foreground.Output output() {
      return Foreground.Output.WANTED;
    }
  }

  /** What can be stopped. */
  private static final class Printing implements Running {
    private volatile boolean cancelled;

    @Override
    public void cancel() {
      cancelled = true;
    }

    @Override
    public boolean isCancelled() {
      return cancelled;
    }
  }

  private static void print(
      Result result,
      String formatter,
      FormatterFactory formatters,
      OutputStream to,
      BooleanSupplier cancelled)
      throws Failure, IOException {
    OutputStream out = new BufferedOutputStream(to);
    result.print(formatter, formatters, out::write, cancelled);
    out.flush();
  }
}
