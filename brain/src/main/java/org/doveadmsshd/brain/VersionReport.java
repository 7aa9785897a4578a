package org.doveadmsshd.brain;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.Version;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.protocol.Limits;

/** What {@code version} and {@code --version} print. */
final class VersionReport {
  private static final String OPTION = "--version";

  private final String program;
  private final Console console;

  VersionReport(String program, Console console) {
    this.program = program;
    this.console = console;
  }

  static boolean isAskedFor(List<String> words) {
    return words.equals(List.of(OPTION)) || words.equals(List.of(CommandCatalog.VERSION.name()));
  }

  /** Prints it; {@code version} asks the servers, too. Returns the exit code. */
  int print(List<String> words, Brain.Resources resources) throws Failure, IOException {
    print(Version.report(program, Limits.PROTOCOL));
    int code = 0;
    if (!words.contains(OPTION)) {
      for (Server server : resources.servers()) {
        try {
          Optional<String> software = server.software();
          if (software.isPresent()) {
            print("server " + server.name() + ": " + Printable.line(software.get()) + "\n");
          }
        } catch (Failure e) {
          console.complain(e.getMessage());
          code = code == 0 ? e.outcome().exitCode() : code;
        }
      }
    }
    return code;
  }

  private void print(String text) throws IOException {
    console.out().write(text.getBytes(StandardCharsets.UTF_8));
    console.out().flush();
  }
}
