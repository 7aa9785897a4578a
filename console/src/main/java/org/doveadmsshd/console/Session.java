package org.doveadmsshd.console;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.brain.CommandLine;
import org.doveadmsshd.brain.Console;
import org.jline.terminal.Terminal;

/** One shell or script from its beginning to its end, line by line. Used by one thread. */
public final class Session {
  /** May stand before every command, as on the command line. */
  private static final String PROGRAM = "doveadm";

  private final CommandRunner runner;
  private final Supplier<Console> consoles;
  private final Optional<Terminal> terminal;
  private final Foreground foreground;
  private Choices choices = Choices.NONE;
  private int exitCode;
  private boolean over;

  /**
   * @param consoles what the next command reads and writes
   * @param terminal at which a person sits; nothing for a script
   * @param foreground where commands are carried out
   */
  public Session(
      CommandRunner runner,
      Supplier<Console> consoles,
      Optional<Terminal> terminal,
      Foreground foreground) {
    this.runner = runner;
    this.consoles = consoles;
    this.terminal = terminal;
    this.foreground = foreground;
  }

  public CommandRunner runner() {
    return runner;
  }

  /** What is read and written now; the width is that of the terminal at this moment. */
  public Console console() {
    return consoles.get();
  }

  public Optional<Terminal> terminal() {
    return terminal;
  }

  public Choices choices() {
    return choices;
  }

  /** Chooses for the commands that follow. */
  void choose(Choices chosen) {
    choices = chosen;
  }

  /** That of the last line; 0 when there was none. */
  public int exitCode() {
    return exitCode;
  }

  /** No further line is to be carried out. */
  public boolean isOver() {
    return over;
  }

  /** Ends the session after the line that is carried out now. */
  void leave() {
    over = true;
  }

  /**
   * Carries a line out; what is wrong with it is said on the console.
   *
   * @return its exit code; that of the line before if there is nothing to do
   * @throws IOException when the console is gone
   */
  public int execute(String line) throws IOException {
    try {
      execute(CommandLine.split(line));
    } catch (Failure e) {
      console().complain(e.getMessage());
      exitCode = e.outcome().exitCode();
    }
    return exitCode;
  }

  private void execute(List<String> line) throws Failure, IOException {
    boolean named = !line.isEmpty() && line.get(0).equals(PROGRAM);
    List<String> words = named ? line.subList(1, line.size()) : line;
    if (words.isEmpty() && !named) {
      return;
    }
    Optional<Statement> statement =
        words.isEmpty() ? Optional.empty() : Statements.find(words.get(0));
    if (statement.isEmpty()) {
      exitCode = carryOut(words);
      return;
    }
    exitCode = run(statement.get(), words.subList(1, words.size()));
  }

  private int run(Statement statement, List<String> behind) throws Failure, IOException {
    var manual = statement.manual();
    Words words = Words.parse(manual.name(), manual.options(), behind);
    if (!manual.synopsis().takes(words.positionals().size())) {
      throw Failure.usage(
          "%s: it takes %s (see: help %s)"
              .formatted(
                  manual.name(),
                  manual.synopsis().most() == 0 ? "no words" : manual.synopsis().text(),
                  manual.name()));
    }
    return statement.run(words, this);
  }

  /**
   * Carries out the words after {@code doveadm}, for whom and how it has been chosen.
   *
   * @return the exit code
   * @throws IOException when the console is gone
   */
  public int carryOut(List<String> words) throws IOException {
    List<String> line = choices.applied(words);
    List<String> servers = choices.servers();
    return foreground.run(
        console(), (console, started) -> runner.run(line, servers, console, started));
  }
}
