package org.doveadmsshd.base.options;

import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;

/**
 * A program of ours, as it is called.
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
     * @return the exit code; after 0 the program ends with its last thread
     */
    int run(List<String> arguments) throws Failure;
  }

  /** Runs it, as the last thing of {@code main}: a failure becomes one line and an exit code. */
  public void main(String[] arguments, Body body) {
    int code;
    try {
      code = body.run(List.of(arguments));
    } catch (Failure e) {
      System.err.println(name + ": " + e.getMessage());
      code = e.outcome().exitCode();
    }
    if (code != 0) {
      System.exit(code);
    }
  }

  /**
   * Reads its options.
   *
   * @throws Failure for one that it has not
   */
  public Words parse(List<String> arguments) throws Failure {
    return Words.ofProgram(name, options, arguments);
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
