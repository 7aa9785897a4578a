package org.doveadmsshd.base.options;

import java.io.IOException;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Printable;

/**
 * A program of ours, as it is called; or a part of one, such as {@code doveadm-sshd keys}.
 *
 * @param name as people type it
 * @param synopsis what may follow it, a line for each way to call it
 * @param options its own
 */
public record Program(String name, List<String> synopsis, List<Option> options) {
  public Program {
    synopsis = List.copyOf(synopsis);
    options = List.copyOf(options);
  }

  /** What it does. */
  @FunctionalInterface
  public interface Body {
    /**
     * Does it.
     *
     * @return the exit code
     * @throws Failure that ends it, with the exit code of its outcome
     * @throws IOException when nobody reads the output any more
     */
    int run(List<String> arguments) throws Failure, IOException;
  }

  /**
   * Runs it, as the last thing of {@code main}. After exit code 0 the program ends with its last
   * thread, otherwise at once.
   */
  public void main(String[] arguments, Body body) {
    int code = run(List.of(arguments), body);
    if (code != 0) {
      System.exit(code);
    }
  }

  /** Runs it and returns the exit code; a failure becomes one line on standard error. */
  public int run(List<String> arguments, Body body) {
    try {
      return body.run(arguments);
    } catch (Failure e) {
      System.err.println(name + ": " + Printable.line(e.getMessage()));
      return e.outcome().exitCode();
    } catch (IOException e) {
      return Outcome.TEMPORARY_FAILURE.exitCode();
    }
  }

  /**
   * Reads its options, which may stand anywhere.
   *
   * @throws Failure for one that it has not
   */
  public Words parse(List<String> arguments) throws Failure {
    return Words.ofProgram(name, options, arguments, true);
  }

  /**
   * Reads its options up to the first other word. That word and all behind it, options or not, are
   * the positionals: they belong to the command that it begins.
   *
   * @throws Failure for an option that it has not
   */
  public Words parseUntilCommand(List<String> arguments) throws Failure {
    return Words.ofProgram(name, options, arguments, false);
  }

  /** Says how it is called, on standard output if that was asked for; returns the exit code. */
  public int explain(boolean asked) {
    StringBuilder text = new StringBuilder();
    String begin = "usage: ";
    for (String line : synopsis) {
      text.append(begin).append(name).append(' ').append(line).append('\n');
      begin = " ".repeat(begin.length());
    }
    for (Option option : options) {
      text.append("  %-22s %s%n".formatted(option.usage(), option.help()));
    }
    (asked ? System.out : System.err).print(text);
    return asked ? 0 : Outcome.USAGE.exitCode();
  }
}
