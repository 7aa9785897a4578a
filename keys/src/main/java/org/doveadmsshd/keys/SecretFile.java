package org.doveadmsshd.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;

/** A password or token in a file that nobody but its owner may read. */
public final class SecretFile {
  private static final int MAX = 16 * 1024;

  private SecretFile() {}

  /**
   * The first line of it.
   *
   * @throws Failure when it is missing, empty, too long, or readable for others
   */
  public static String read(Path file) throws Failure {
    try {
      Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
      if (!Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE)
          .containsAll(mode)) {
        throw unusable(file, "others may read it; run: chmod 600 " + file, null);
      }
      if (Files.size(file) > MAX) {
        throw unusable(file, "it is too long for a secret", null);
      }
      List<String> lines = Files.readAllLines(file);
      if (lines.isEmpty() || lines.get(0).isEmpty()) {
        throw unusable(file, "its first line is empty", null);
      }
      return lines.get(0);
    } catch (IOException e) {
      throw unusable(file, "it cannot be read", e);
    }
  }

  private static Failure unusable(Path file, String why, IOException cause) {
    return new Failure(
        Outcome.CONFIGURATION_ERROR, "The secret in " + file + " cannot be used: " + why, cause);
  }
}
