package org.doveadmsshd.settings.site;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.settings.Problem;
import org.doveadmsshd.settings.Settings;

/**
 * The file that both the server and its supervisor read.
 *
 * @param commands what a rule of a master user may name; empty when that is not to be checked
 */
public record ConfigurationFile(List<String> commands) {
  /** Where it is by default. */
  public static final String STANDARD = "/etc/doveadm-sshd/doveadm-sshd.conf";

  public ConfigurationFile {
    commands = List.copyOf(commands);
  }

  /** Reads it at the start; its mistakes go to standard error, a line each. */
  public Optional<Settings> readOrExplain(Path file) {
    try {
      return Optional.of(Settings.read(file, commands));
    } catch (Settings.InvalidException e) {
      e.problems().forEach(System.err::println);
      return Optional.empty();
    }
  }

  /**
   * Reads it anew.
   *
   * @throws Failure with all its mistakes
   */
  public Settings readAgain(Path file) throws Failure {
    try {
      return Settings.read(file, commands);
    } catch (Settings.InvalidException e) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "Nothing was changed: "
              + String.join("; ", e.problems().stream().map(Problem::toString).toList()));
    }
  }
}
