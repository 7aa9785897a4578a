package org.doveadmsshd.setup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.settings.Problem;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.setup.plan.Plan;
import org.doveadmsshd.setup.plan.PlannedFile;
import org.doveadmsshd.setup.plan.Trial;

/**
 * A directory that nobody else may enter, where configurations are tried before they are written
 * where they belong. Removed when this is closed, and when a signal ends the program: there are
 * passwords in it.
 */
final class Workbench implements Trial, AutoCloseable {
  private static final String CONFIGURATION = "doveadm-sshd.conf";
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path directory;

  Workbench() throws Failure {
    try {
      directory = Files.createTempDirectory("doveadm-sshd-setup-");
    } catch (IOException e) {
      throw new Failure(
          Outcome.CANNOT_CREATE, "There is no place to try a configuration: " + Reason.of(e), e);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::removeAtTheEnd));
  }

  @Override
  public List<String> mistakes(String piece, Optional<PlannedFile> file) {
    try {
      read(piece, file.stream().toList());
      return List.of();
    } catch (Settings.InvalidException e) {
      return e.problems().stream().map(Problem::text).toList();
    } catch (IOException e) {
      return List.of(Reason.of(e));
    }
  }

  /**
   * Reads a configuration as the server would.
   *
   * @throws Failure when it has mistakes
   */
  Settings read(Plan plan) throws Failure {
    try {
      return read(plan.configuration(), plan.files());
    } catch (Settings.InvalidException e) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "What was made of Dovecot's configuration cannot be used: "
              + String.join("; ", e.problems().stream().map(Problem::text).toList()),
          e);
    } catch (IOException e) {
      throw new Failure(
          Outcome.CANNOT_CREATE, "The configuration cannot be tried: " + Reason.of(e), e);
    }
  }

  private Settings read(String text, List<PlannedFile> files)
      throws IOException, Settings.InvalidException {
    Path tried = Files.createTempDirectory(directory, "try");
    for (PlannedFile file : files) {
      write(tried.resolve(file.name()), file.text());
    }
    return Settings.read(write(tried.resolve(CONFIGURATION), text), List.of());
  }

  private static Path write(Path file, String text) throws IOException {
    return Files.writeString(Files.createFile(file, OWNER_ONLY), text);
  }

  /** A path in it that is not used yet. */
  Path place(String name) {
    return directory.resolve(name);
  }

  @Override
  public void close() throws Failure {
    try {
      remove();
    } catch (IOException e) {
      throw new Failure(
          Outcome.CANNOT_CREATE,
          directory + " cannot be removed; there are passwords in it: " + Reason.of(e),
          e);
    }
  }

  private void remove() throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> files = Files.walk(directory)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      Files.deleteIfExists(each);
    }
  }

  private void removeAtTheEnd() {
    try {
      remove();
    } catch (IOException | UncheckedIOException e) {
      System.err.println(directory + " cannot be removed; there are passwords in it");
    }
  }
}
