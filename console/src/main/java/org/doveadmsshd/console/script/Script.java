package org.doveadmsshd.console.script;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.Running;
import org.doveadmsshd.command.Access;
import org.doveadmsshd.command.Manual;
import org.doveadmsshd.command.Secrets;

/**
 * A script on its way: its commands are carried out one by one, as they come. The first failure, or
 * a command that cannot be read, ends it; after {@code on-error continue} only the latter does.
 */
public final class Script {
  private static final String CONTINUE = "continue";
  private static final String STOP = "stop";

  /** Of the statement that only scripts have. */
  public static final Manual ON_ERROR =
      new Manual(
          "on-error",
          Argument.choice("action", List.of(CONTINUE, STOP)),
          "say what becomes of a script after a command that fails: on-error <action>",
          """
          A script stops at the first command that fails; its exit code is that of the command.
          After on-error continue it goes on with the next one, and its exit code is 75 if a
          failure was temporary, else that of the first. A line that cannot be read ends the
          script all the same: what follows might not be meant as commands.
          """,
          List.of(),
          false,
          Access.READ);

  /** Most characters of a command in a message. */
  private static final int MAX_SHOWN = 500;

  private static final String PROGRAM = "doveadm";

  private final Interpreter interpreter;
  private final Console console;
  private boolean goesOn;
  private int exitCode;
  private long failures;
  private volatile Running running;
  private volatile boolean cancelled;
  private volatile boolean ended;
  private volatile long line;

  /** What carries out the commands of a script. */
  public interface Interpreter {
    /**
     * Carries out a command, without {@code doveadm} before it. Says itself what is wrong.
     *
     * @param started takes the run before it begins, to stop it
     * @return the exit code
     * @throws IOException when the console is gone
     */
    int run(List<String> words, Console console, Consumer<Running> started) throws IOException;

    /**
     * Checks a command as far as that is possible without doing anything.
     *
     * @param hasInput whether there is a here-document
     * @throws Failure that says what is wrong with it
     */
    void check(List<String> words, boolean hasInput) throws Failure, IOException;

    /** What lines may begin with besides commands. */
    List<String> statements();

    /** Whether the last command has ended the script. */
    boolean isOver();
  }

  /**
   * @param console what commands write to; its input is not used
   */
  public Script(Interpreter interpreter, Console console) {
    this.interpreter = interpreter;
    this.console = console;
  }

  /**
   * Carries out the script. Called once.
   *
   * @param in read no further than needed
   * @param memory draws long lines and here-documents
   * @return the exit code; that of what is cancelled when the script has been {@linkplain #end
   *     ended}, which is left to others to say
   * @throws IOException when the console is gone, or the script cannot be read to its end
   */
  public int run(InputStream in, MemoryBudget.Share memory) throws IOException {
    ScriptReader reader = new ScriptReader(in, memory);
    while (!ended) {
      try {
        Optional<ScriptLine> next = reader.next();
        if (next.isEmpty()) {
          sumUp();
          return exitCode;
        }
        line = next.get().number();
        if (!goesOnAfter(next.get())) {
          return exitCode;
        }
      } catch (Failure e) {
        failed(e.outcome().exitCode());
        complain(reader.number(), e.getMessage() + "; the script ends here");
        return exitCode;
      }
    }
    return Outcome.CANCELLED.exitCode();
  }

  /**
   * Carries no further command out; one that waits for its text waits on. Safe for several threads.
   *
   * @param now whether the command under way is stopped
   * @return whether there is one
   */
  public boolean end(boolean now) {
    ended = true;
    cancelled |= now;
    Running run = running;
    if (now && run != null) {
      run.cancel();
    }
    return run != null;
  }

  /** The line where the last command began, from 1 on; 0 before the first. */
  public long line() {
    return line;
  }

  /** Carries out a command; says whether the next one may follow. */
  private boolean goesOnAfter(ScriptLine command) throws IOException {
    List<String> words = withoutProgram(command.words());
    int code;
    try (command) {
      code = carryOut(words, command);
    } finally {
      running = null;
    }
    if (interpreter.isOver()) {
      exitCode = words.size() > 1 ? code : exitCode; // without one it is as if the script ended
      return false;
    }
    if (code == 0) {
      return true;
    }
    failed(code);
    if (!ended) {
      String end = goesOn ? "" : "; nothing after it was done";
      complain(command.number(), "%s (exit %d)%s".formatted(shown(words), code, end));
    }
    return goesOn || ended;
  }

  private int carryOut(List<String> words, ScriptLine command) throws IOException {
    if (isOnError(words)) {
      try {
        goesOn = goesOn(words);
        return 0;
      } catch (Failure e) {
        console.complain(e.getMessage());
        return e.outcome().exitCode();
      }
    }
    try (InputStream input = command.input()) {
      return interpreter.run(words, console.reading(input), this::started);
    }
  }

  private void started(Running run) {
    running = run;
    if (cancelled) {
      run.cancel();
    }
  }

  /**
   * Reads all of the script and does nothing of it; says what is wrong with it.
   *
   * @return the exit code
   */
  public int check(InputStream in, MemoryBudget.Share memory) throws IOException {
    ScriptReader reader = new ScriptReader(in, memory);
    for (boolean more = true; more; ) {
      try {
        more = check(reader);
      } catch (Failure e) {
        failed(Outcome.USAGE.exitCode());
        complain(reader.number(), e.getMessage());
      }
    }
    return exitCode;
  }

  private boolean check(ScriptReader reader) throws Failure, IOException {
    Optional<ScriptLine> next = reader.next();
    if (next.isEmpty()) {
      return false;
    }
    try (ScriptLine command = next.get()) {
      List<String> words = withoutProgram(command.words());
      if (isOnError(words)) {
        goesOn(words);
      } else {
        interpreter.check(words, command.hereDocument().isPresent());
      }
    }
    return true;
  }

  /** Lines of crontabs have a path before it. */
  private static List<String> withoutProgram(List<String> words) {
    String first = words.get(0);
    boolean named = first.equals(PROGRAM) || first.startsWith("/") && first.endsWith("/" + PROGRAM);
    return named ? words.subList(1, words.size()) : words;
  }

  private static boolean isOnError(List<String> words) {
    return !words.isEmpty() && words.get(0).equals(ON_ERROR.name());
  }

  private static boolean goesOn(List<String> words) throws Failure {
    if (words.size() != 2 || !List.of(CONTINUE, STOP).contains(words.get(1))) {
      throw Failure.usage("Usage: on-error continue|stop");
    }
    return words.get(1).equals(CONTINUE);
  }

  /** A temporary failure decides, else the first one, as of the users of a run. */
  private void failed(int code) {
    failures++;
    if (exitCode == 0 || code == Outcome.TEMPORARY_FAILURE.exitCode()) {
      exitCode = code;
    }
  }

  private void sumUp() throws IOException {
    if (failures > 0) {
      String what = failures == 1 ? "1 command" : "%,d commands".formatted(failures);
      console.complain(what + " of the script failed");
    }
  }

  private void complain(long number, String text) throws IOException {
    console.complain("line " + number + ": " + text);
  }

  private String shown(List<String> words) {
    List<String> others = interpreter.statements();
    return Printable.line(String.join(" ", Secrets.maskedForAuthor(words, others)), MAX_SHOWN);
  }
}
