package org.doveadmsshd.settings;

/**
 * Something wrong with the configuration.
 *
 * @param file as it was named
 * @param line from 1; 0 for the file as a whole
 */
public record Problem(String file, int line, String text) {
  /** {@code file:line: text}. */
  @Override
  public String toString() {
    return line == 0 ? file + ": " + text : file + ":" + line + ": " + text;
  }
}
