package org.doveadmsshd.setup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.setup.dovecot.Doveconf;
import org.doveadmsshd.setup.dovecot.DoveconfParser;
import org.doveadmsshd.setup.dovecot.DovecotPrograms;
import org.doveadmsshd.setup.plan.Finding;
import org.doveadmsshd.setup.plan.Plan;
import org.doveadmsshd.setup.plan.Surroundings;
import org.doveadmsshd.setup.plan.Takeover;

/**
 * A configuration such as a well-known way to set Dovecot up makes it, in a directory of a test.
 */
final class Shape {
  static final List<String> ALL =
      List.of(
          "ispmail",
          "mailcow",
          "mailu",
          "docker-mailserver",
          "iredmail",
          "ispconfig",
          "modoboa",
          "mail-in-a-box",
          "newer",
          "ldap",
          "places",
          "newer-places");

  private final Path directory;

  /**
   * @param directory gets its files, as if it were /etc/dovecot
   */
  Shape(String name, Path directory) throws IOException {
    this.directory = directory;
    Path from = Path.of("src/test/resources/shapes").resolve(name);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        String text =
            Files.readString(file)
                .replace("/etc/dovecot/sql/", directory + "/")
                .replace("/etc/dovecot/", directory + "/");
        Files.writeString(directory.resolve(file.getFileName()), text);
      }
    }
  }

  Path printed() {
    return directory.resolve("doveconf");
  }

  Doveconf dovecot() throws Failure, IOException {
    return DoveconfParser.parse(Files.readString(printed()), "doveconf");
  }

  static Surroundings surroundings(String isolation) {
    return new Surroundings(
        "admin", List.of("127.0.0.1"), 2222, "/var/lib/doveadm-sshd", "vmail", isolation);
  }

  Plan plan(Workbench bench) throws Failure, IOException {
    return Takeover.plan(
        dovecot(), surroundings("none"), path -> DovecotPrograms.read(Path.of(path)), bench);
  }

  /** What is said of a setting. */
  static String said(Plan plan, String setting) {
    return plan.findings().stream()
        .filter(finding -> finding.setting().equals(setting))
        .map(Finding::text)
        .findFirst()
        .orElse("nothing");
  }
}
