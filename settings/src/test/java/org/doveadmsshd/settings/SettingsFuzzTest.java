package org.doveadmsshd.settings;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Whatever a configuration file holds, it is read, or its mistakes are named. */
class SettingsFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void anyFile(byte[] bytes) throws IOException {
    Path file = Files.createTempFile("settings", ".conf");
    try {
      Files.write(file, bytes);
      Settings.read(file, List.of("search", "mailbox list", "read"));
    } catch (Settings.InvalidException e) {
      if (e.problems().isEmpty()) {
        throw new IllegalStateException("refused, and nobody knows why", e);
      }
      e.problems().forEach(Problem::toString);
    } finally {
      Files.delete(file);
    }
  }
}
