package org.doveadmsshd.logging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Whether a stream leads to systemd's journal, which keeps the time of each line itself and takes
 * its priority from the {@code <N>} that it begins with (sd-daemon(3)).
 */
final class JournalStream {
  private static final boolean IS_STANDARD_ERROR =
      leadsTo(System.getenv(), Path.of("/proc/self/fd/2"));

  private JournalStream() {}

  /** Whether standard error of this process does. */
  static boolean isStandardError() {
    return IS_STANDARD_ERROR;
  }

  /**
   * Whether a file is the one that JOURNAL_STREAM names by device and inode (systemd.exec(5)): the
   * variable outlives a redirection.
   */
  static boolean leadsTo(Map<String, String> environment, Path file) {
    String stream = environment.get("JOURNAL_STREAM");
    if (stream == null) {
      return false;
    }
    try {
      Map<String, Object> attributes = Files.readAttributes(file, "unix:dev,ino");
      return stream.equals(attributes.get("dev") + ":" + attributes.get("ino"));
    } catch (IOException e) {
      return false; // there is none
    }
  }
}
