package org.doveadmsshd.brain;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Reads names of users, a line each; lines that are blank are none. For one thread. */
final class NamesInFile {
  /** Longer lines are no names; the rest of such a line is skipped. */
  private static final int MAX_LINE = 1024;

  private final BufferedReader lines;

  /**
   * @param in closed by the caller
   */
  NamesInFile(InputStream in) {
    lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }

  /** The next name, which no user may have; null at the end. */
  String next() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c; (c = lines.read()) >= 0; ) {
      if (c != '\n') {
        if (line.length() <= MAX_LINE) {
          line.append((char) c);
        }
      } else {
        String name = line.toString().strip();
        if (!name.isEmpty()) {
          return name;
        }
        line.setLength(0);
      }
    }
    String last = line.toString().strip();
    return last.isEmpty() ? null : last;
  }
}
