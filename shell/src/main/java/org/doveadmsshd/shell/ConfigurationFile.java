package org.doveadmsshd.shell;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.settings.Problem;
import org.doveadmsshd.settings.Settings;

/**
 * Where the servers stand: the file that {@code -c} names, or the first of those that there are.
 */
final class ConfigurationFile {
  private static final List<Path> DEFAULT_FILES =
      List.of(
          Path.of(System.getProperty("user.home"), ".config", "doveadm-ssh.conf"),
          Path.of("/etc/doveadm-sshd/doveadm-ssh.conf"));

  private ConfigurationFile() {}

  /** The file, if there is one, or one is named. */
  static Optional<Path> of(Words words) {
    return words
        .value("config")
        .map(Path::of)
        .or(() -> DEFAULT_FILES.stream().filter(Files::exists).findFirst());
  }

  /**
   * Reads it; names its mistakes on standard error.
   *
   * @throws Failure when there is none, or it has mistakes
   */
  static Settings read(Words words) throws Failure {
    Path file =
        of(words)
            .orElseThrow(
                () ->
                    new Failure(
                        Outcome.CONFIGURATION_ERROR,
                        "No configuration: neither " + DEFAULT_FILES.get(0) + " nor -c <file>"));
    try {
      return Settings.read(file, CommandCatalog.scopeWords());
    } catch (Settings.InvalidException e) {
      for (Problem problem : e.problems()) {
        System.err.println(problem);
      }
      throw new Failure(Outcome.CONFIGURATION_ERROR, "The configuration has mistakes");
    }
  }
}
