package org.doveadmsshd.setup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.posix.NameService;
import org.doveadmsshd.posix.NameService.PasswdEntry;

/**
 * The machine that a configuration is for.
 *
 * @param isRoot whether this process may do everything on it
 * @param administrator who has called sudo; nothing if nobody has
 * @param home of who runs this
 * @param root below which directories of the system are; {@code /} but in tests
 */
public record Machine(boolean isRoot, Optional<String> administrator, Path home, Path root) {
  private static final List<String> UNITS =
      List.of("etc/systemd/system", "usr/lib/systemd/system", "lib/systemd/system");

  /** This one. */
  public static Machine here() {
    return new Machine(
        System.getProperty("user.name").equals("root"),
        Optional.ofNullable(System.getenv("SUDO_USER")).filter(name -> !name.isEmpty()),
        Path.of(System.getProperty("user.home")),
        Path.of("/"));
  }

  /** A directory or file of the system. */
  Path at(String path) {
    return root.resolve(path);
  }

  /** Whether systemd knows a unit. */
  boolean hasUnit(String name) {
    return UNITS.stream().anyMatch(folder -> Files.exists(at(folder).resolve(name)));
  }

  /** Whether systemd is what runs. */
  boolean runsSystemd() {
    return Files.isDirectory(at("run/systemd/system"));
  }

  /**
   * A user of the system by name or number.
   *
   * @throws Failure when the system cannot say
   */
  static Optional<PasswdEntry> user(String text) throws Failure {
    if (!text.matches("[0-9]{1,10}")) {
      return NameService.find(text);
    }
    long uid = Long.parseLong(text);
    PasswdEntry[] found = new PasswdEntry[1];
    NameService.forEach(
        entry -> {
          if (entry.uid() == uid && found[0] == null) {
            found[0] = entry;
          }
        });
    return Optional.ofNullable(found[0]);
  }
}
