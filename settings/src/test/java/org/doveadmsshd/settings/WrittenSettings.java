package org.doveadmsshd.settings;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Reads settings that a test writes, beside a passwd-file without users. */
abstract class WrittenSettings {
  @TempDir Path directory;

  @BeforeEach
  void makeFiles() throws IOException {
    Files.writeString(directory.resolve("users"), "");
  }

  final Settings read(String text) throws IOException, Settings.InvalidException {
    Path file = Files.writeString(directory.resolve("test.conf"), text);
    return Settings.read(file, List.of("search", "mailbox list", "read"));
  }

  /** What is wrong with such a text; files are named from the directory on. */
  final List<String> problems(String text) throws IOException {
    Settings.InvalidException invalid =
        catchThrowableOfType(Settings.InvalidException.class, () -> read(text));
    return invalid.problems().stream()
        .map(problem -> problem.toString().replace(directory + "/", ""))
        .toList();
  }
}
