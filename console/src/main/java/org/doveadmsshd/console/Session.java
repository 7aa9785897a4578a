package org.doveadmsshd.console;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.brain.CommandLine;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.Flow;
import org.doveadmsshd.brain.Invocation;
import org.doveadmsshd.brain.Running;
import org.doveadmsshd.brain.format.Formatters;
import org.doveadmsshd.command.Command;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.Task;
import org.doveadmsshd.console.result.LastResult;
import org.doveadmsshd.console.result.Result;
import org.doveadmsshd.console.safety.Caution;
import org.doveadmsshd.console.safety.Removal;
import org.jline.terminal.Terminal;

/** One shell or script from its beginning to its end, line by line. Used by one thread. */
public final class Session {
  /** May stand before every command, as on the command line. */
  static final String PROGRAM = "doveadm";

  private final CommandRunner runner;
  private final Supplier<Console> consoles;
  private final Optional<Terminal> terminal;
  private final Foreground foreground;
  private final Caution caution;
  private final LastResult last;
  private Choices choices = Choices.NONE;
  private int exitCode;
  private boolean over;

  /**
   * @param consoles what the next command reads and writes
   * @param terminal at which a person sits; nothing for a script
   * @param foreground where commands are carried out
   * @param caution stands before those that take mails of several users away
   */
  public Session(
      CommandRunner runner,
      Supplier<Console> consoles,
      Optional<Terminal> terminal,
      Foreground foreground,
      Caution caution) {
    this.runner = runner;
    this.consoles = consoles;
    this.terminal = terminal;
    this.foreground = foreground;
    this.caution = caution;
    last = new LastResult(runner.memory());
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
   * Carries a command out; what is wrong with it is said on the console.
   *
   * @return its exit code; that of the one before if there is nothing to do
   * @throws IOException when the console is gone
   */
  int execute(CommandLine command) throws IOException {
    List<String> words;
    try {
      if (command.hereDocument().isPresent()) {
        throw Failure.usage("<< is for scripts: ssh -T … < script");
      }
      List<String> all = command.words();
      boolean named = !all.isEmpty() && all.get(0).equals(PROGRAM);
      words = saved(named ? all.subList(1, all.size()) : all, command.file());
      if (words.isEmpty() && !named) {
        return exitCode;
      }
    } catch (Failure e) {
      console().complain(e.getMessage());
      exitCode = e.outcome().exitCode();
      return exitCode;
    }
    return command.isVertical() ? executeVertically(words) : execute(words);
  }

  /** With the option that has a file made of the last result; of nothing else. */
  private static List<String> saved(List<String> words, Optional<String> file) throws Failure {
    if (file.isEmpty()) {
      return words;
    }
    if (words.isEmpty() || !words.get(0).equals(LastStatement.NAME)) {
      throw Failure.usage(
          "> saves the last result only: run the command, then: last > " + file.get());
    }
    List<String> line = new ArrayList<>(words);
    line.addAll(List.of("--" + LastStatement.OUTPUT, file.get()));
    return line;
  }

  /** Rows are shown one below the other, and so are the values of each. */
  private int executeVertically(List<String> words) throws IOException {
    Optional<String> format = choices.format();
    choices = choices.withFormat(Optional.of(Formatters.PAGER));
    try {
      return execute(words);
    } finally {
      choices = choices.withFormat(format);
    }
  }

  /** As {@link #execute(CommandLine)}, for words without {@code doveadm} before them. */
  int execute(List<String> words) throws IOException {
    Optional<Statement> statement = statement(words);
    try {
      exitCode = statement.isPresent() ? run(statement.get(), words) : carryOut(words);
    } catch (Failure e) {
      console().complain(e.getMessage());
      exitCode = e.outcome().exitCode();
    }
    return exitCode;
  }

  private static Optional<Statement> statement(List<String> words) {
    return words.isEmpty() ? Optional.empty() : Statements.find(words.get(0));
  }

  private int run(Statement statement, List<String> line) throws Failure, IOException {
    return statement.run(checked(statement, line), this);
  }

  /**
   * Checks a line with a statement or a command of the runner's own, as it is when it is carried
   * out.
   *
   * @param words without {@code doveadm} before them
   * @throws Failure that says what is wrong with it
   */
  void check(List<String> words) throws Failure {
    Optional<Statement> statement = statement(words);
    if (statement.isPresent()) {
      checked(statement.get(), words);
    } else if (own(words).isPresent()) {
      checkCommand(words);
    }
  }

  /** The command of the runner's own that some words are about. */
  Optional<OwnLine> own(List<String> words) {
    return OwnLine.of(words, runner.own());
  }

  /** Checks words that are no statement, for whom it is chosen now. */
  void checkCommand(List<String> words) throws Failure {
    Optional<OwnLine> own = own(words);
    if (own.isEmpty()) {
      Invocation.parse(applied(words));
    } else if (!own.get().asksForHelp()) {
      own.get().words();
    }
  }

  private List<String> applied(List<String> words) {
    Optional<OwnLine> own = own(words);
    return own.isPresent() ? choices.formatted(words, own.get().general()) : choices.applied(words);
  }

  private Words checked(Statement statement, List<String> line) throws Failure {
    Words words = words(statement, line);
    statement.check(words, this);
    return words;
  }

  private static Words words(Statement statement, List<String> line) throws Failure {
    List<String> behind = line.subList(1, line.size());
    var manual = statement.manual();
    Words words =
        statement.permutesOptions()
            ? Words.parse(manual.name(), manual.options(), behind)
            : Words.parseUntilPositional(manual.name(), manual.options(), behind);
    if (!manual.synopsis().takes(words.positionals().size())) {
      throw Failure.usage(
          "%s: it takes %s (see: help %s)"
              .formatted(
                  manual.name(),
                  manual.synopsis().most() == 0 ? "no words" : manual.synopsis().text(),
                  manual.name()));
    }
    return words;
  }

  /**
   * Carries out the words after {@code doveadm}, for whom and how it has been chosen.
   *
   * @return the exit code
   * @throws IOException when the console is gone
   */
  public int carryOut(List<String> words) throws IOException {
    List<String> line = seeded(applied(words));
    Optional<Removal> removal = Removal.of(line);
    OptionalInt instead =
        removal.isPresent()
            ? caution.before(removal.get(), console(), this::carryOut)
            : OptionalInt.empty();
    if (instead.isPresent()) {
      return instead.getAsInt();
    }
    int code = foreground.run(console(), paged(new CommandWork(line, choices.servers())));
    if (code == Outcome.USAGE.exitCode() && choosesNobody(line)) {
      console().inform("use <user or mask>, or use -A, chooses for whom all lines are that follow");
    }
    return code;
  }

  private static boolean choosesNobody(List<String> line) {
    try {
      Invocation.parse(line);
      return false;
    } catch (Invocation.NobodyChosenException e) {
      return true;
    } catch (Failure e) {
      return false;
    }
  }

  /** What is counted before and what is done are about the same users. */
  private static List<String> seeded(List<String> line) {
    try {
      return Flow.seeded(line);
    } catch (Failure e) {
      return line; // the command says so itself
    }
  }

  private int carryOut(List<String> line, Console at, UnaryOperator<Running> seen)
      throws IOException {
    List<String> servers = choices.servers();
    return foreground.run(
        at,
        (console, started) ->
            runner.run(line, servers, console, run -> started.accept(seen.apply(run))));
  }

  /** Carries something out while the session waits for it. */
  int carryOut(Foreground.Work work) throws IOException {
    return foreground.run(console(), paged(work));
  }

  /** Of a method nothing is known but that it is carried out, so it has no pager. */
  private Foreground.Work paged(Foreground.Work work) {
    return choices.pager() ? work : work::run;
  }

  /** The words after {@code doveadm}, to be carried out for whom and how it is chosen now. */
  Foreground.Work work(List<String> words) {
    return new CommandWork(applied(words), choices.servers());
  }

  /** The rows of the last command that had any. */
  Result lastResult() throws Failure {
    return last.get();
  }

  /**
   * Checks a line as far as that is possible without doing anything; only what is chosen is chosen.
   *
   * @param words without {@code doveadm} before them
   * @param hasInput whether there is something for the command to read
   * @throws Failure that says what is wrong with it
   */
  void check(List<String> words, boolean hasInput) throws Failure, IOException {
    Optional<Statement> statement = statement(words);
    if (statement.isPresent()) {
      Words behind = checked(statement.get(), words);
      if (statement.get().onlyChooses()) {
        statement.get().run(behind, this);
      }
      return;
    }
    if (own(words).isPresent()) {
      checkCommand(words);
      return;
    }
    List<String> line = applied(words);
    if (CommandCatalog.HELP.name().equals(line.isEmpty() ? "" : line.get(0))) {
      return;
    }
    Invocation invocation = Invocation.parse(line);
    Command.Time now = new Command.Time(Instant.now(), ZoneId::systemDefault);
    Task task = invocation.command().prepare(invocation.words(), now);
    Optional<Removal> removal = Removal.of(line);
    if (removal.isPresent()) {
      caution.check(removal.get());
    }
    boolean reads =
        Stream.of(task.input(), invocation.users().file())
            .anyMatch(name -> name.filter("-"::equals).isPresent());
    if (reads && !hasInput) {
      throw Failure.usage(
          "There is nothing for it to read; in a script <<END and lines up to END are");
    }
  }

  /**
   * Carries out the words after {@code doveadm} as they are.
   *
   * @param at what they read and write
   * @return the exit code
   * @throws IOException when the console is gone
   */
  int carryOut(List<String> words, List<String> servers, Console at) throws IOException {
    return foreground.run(at, (console, started) -> runner.run(words, servers, console, started));
  }

  /** A command line, whose rows are kept. */
  private final class CommandWork implements Foreground.Work {
    private final List<String> words;
    private final List<String> servers;

    CommandWork(List<String> words, List<String> servers) {
      this.words = words;
      this.servers = servers;
    }

    @Override
    public int run(Console console, Consumer<Running> started) throws IOException {
      return runner.run(words, servers, last.keeping(console), started);
    }

    @Override
    public Foreground.Output output() {
      boolean reads;
      try {
        Invocation invocation = Invocation.parse(words);
        if (invocation.flow().canary().isPresent()) {
          return Foreground.Output.UNPAGED; // it asks in the midst of it
        }
        reads = invocation.command().manual().onlyReads();
      } catch (Failure e) {
        reads = true; // it is refused, or asks for help
      }
      return reads ? Foreground.Output.WANTED : Foreground.Output.SHOWN;
    }
  }
}
