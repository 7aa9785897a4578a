package org.doveadmsshd.console;

import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.command.CommandLineOptions;
import org.doveadmsshd.command.Manual;

/**
 * A line with a command that a {@link CommandRunner} has besides doveadm's.
 *
 * @param manual of the command
 * @param general options before it
 * @param behind the words behind its name
 */
public record OwnLine(Manual manual, Words general, List<String> behind) {
  /**
   * Reads the words after {@code doveadm}.
   *
   * @param own the commands that the runner has
   * @return nothing when another command is meant, or the options before it are wrong
   */
  public static Optional<OwnLine> of(List<String> line, List<Manual> own) {
    Words general;
    try {
      general = Words.parseUntilPositional("", CommandLineOptions.GLOBAL, line);
    } catch (Failure e) {
      return Optional.empty();
    }
    List<String> rest = general.positionals();
    String name = rest.isEmpty() ? "" : rest.get(0);
    return own.stream()
        .filter(manual -> manual.name().equals(name))
        .findFirst()
        .map(manual -> new OwnLine(manual, general, rest.subList(1, rest.size())));
  }

  /** Whether the command is to be explained, whatever else the line says. */
  public boolean asksForHelp() {
    int end = behind.indexOf("--");
    return behind.subList(0, end < 0 ? behind.size() : end).contains("--help");
  }

  /**
   * Reads what stands behind the name.
   *
   * @throws Failure for an option that the command has not
   */
  public Words words() throws Failure {
    return Words.parse(manual.name(), CommandLineOptions.behind(manual), behind);
  }
}
