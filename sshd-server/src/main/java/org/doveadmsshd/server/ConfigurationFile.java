package org.doveadmsshd.server;

import java.nio.file.Path;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.settings.Problem;
import org.doveadmsshd.settings.Settings;

/** The file that both the server and its supervisor read. */
final class ConfigurationFile {
  /** Where it is when nothing else is said. */
  static final String STANDARD = "/etc/doveadm-sshd/doveadm-sshd.conf";

  private ConfigurationFile() {}

  /** Reads it at the start; its mistakes go to standard error, a line each. */
  static Optional<Settings> readOrExplain(Path file) {
    try {
      return Optional.of(Settings.read(file, CommandCatalog.scopeWords()));
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
  static Settings readAgain(Path file) throws Failure {
    try {
      return Settings.read(file, CommandCatalog.scopeWords());
    } catch (Settings.InvalidException e) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "Nothing was changed: "
              + String.join("; ", e.problems().stream().map(Problem::toString).toList()));
    }
  }
}
