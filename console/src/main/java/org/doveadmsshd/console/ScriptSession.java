package org.doveadmsshd.console;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.Running;
import org.doveadmsshd.command.Manual;
import org.doveadmsshd.console.safety.Caution;
import org.doveadmsshd.console.script.Script;

/** A session that a script has rather than a person. */
public final class ScriptSession {
  private final Session session;
  private final Script script;
  private Console console;
  private Consumer<Running> started = running -> {};

  /**
   * @param console what commands write to; they read what the script has for them
   * @param caution stands before commands that take mails of several users away
   */
  public ScriptSession(CommandRunner runner, Console console, Caution caution) {
    this.console = console;
    session =
        new Session(
            runner,
            () -> this.console,
            Optional.empty(),
            (own, work) -> work.run(own, run -> started.accept(run)),
            caution);
    script = new Script(new Lines(), console);
  }

  /** The lines of the script. */
  private final class Lines implements Script.Interpreter {
    @Override
    public int run(List<String> words, Console own, Consumer<Running> taker) throws IOException {
      console = own;
      started = taker;
      return session.execute(words);
    }

    @Override
    public void check(List<String> words, boolean hasInput) throws Failure, IOException {
      session.check(words, hasInput);
    }

    @Override
    public List<String> statements() {
      return Stream.concat(Statements.section().manuals().stream(), session.runner().own().stream())
          .map(Manual::name)
          .toList();
    }

    @Override
    public boolean isOver() {
      return session.isOver();
    }
  }

  /** As {@link Script#run}. */
  public int run(InputStream in, MemoryBudget.Share memory) throws IOException {
    return script.run(in, memory);
  }

  /** As {@link Script#check}. */
  public int check(InputStream in, MemoryBudget.Share memory) throws IOException {
    return script.check(in, memory);
  }

  /** As {@link Script#end}. */
  public boolean end(boolean now) {
    return script.end(now);
  }

  /** As {@link Script#line}. */
  public long line() {
    return script.line();
  }
}
