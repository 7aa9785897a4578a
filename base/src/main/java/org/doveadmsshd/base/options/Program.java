package org.doveadmsshd.base.options;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.Version;

/**
 * A program of ours, as it is called; or a part of one, such as {@code doveadm-sshd keys}.
 *
 * @param name as people type it
 * @param synopsis what may follow it, a line for each way to call it
 * @param options its own, among them --help and --version
 */
public record Program(String name, List<String> synopsis, List<Option> options) {
  private static final Option VERSION =
      Option.flag("version", "say which version this is, and end");

  /** Adds to its options those that every program has: it answers {@link #tells} with them. */
  public Program {
    synopsis = List.copyOf(synopsis);
    List<Option> all = new ArrayList<>(options);
    boolean isFree = options.stream().noneMatch(option -> option.letter() == 'h');
    all.add(Option.flag(isFree ? 'h' : 0, "help", "say this, and end"));
    all.add(VERSION);
    options = List.copyOf(all);
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
    return parse(arguments, true);
  }

  /**
   * Reads its options up to the first other word. That word and all behind it, options or not, are
   * the positionals: they belong to the command that it begins.
   *
   * @throws Failure for an option that it has not
   */
  public Words parseUntilCommand(List<String> arguments) throws Failure {
    return parse(arguments, false);
  }

  /** Who asks for help or the version is told, whatever else is wrong with the words. */
  private Words parse(List<String> arguments, boolean permute) throws Failure {
    for (String word : arguments) {
      if (word.equals("--") || !permute && !word.startsWith("-")) {
        break;
      }
      for (Option asked : options.subList(options.size() - 2, options.size())) {
        if (asked.isWord(word)) {
          return new Words(Map.of(asked.name(), ""), List.of());
        }
      }
    }
    return Words.ofProgram(name, options, arguments, permute);
  }

  /**
   * Says on standard output what was asked for: how it is called, or which version it is.
   *
   * @param speaks what else belongs to its version: protocols, a line each
   * @return whether something was asked for, so that there is nothing else to do
   */
  public boolean tells(Words words, String... speaks) {
    if (words.has("help")) {
      explain(true);
    } else if (words.has("version")) {
      System.out.print(Version.report(name.split(" ")[0], speaks));
    }
    return words.has("help") || words.has("version");
  }

  /** Says on standard error how it is called; returns the exit code. */
  public int explain() {
    return explain(false);
  }

  private int explain(boolean asked) {
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
