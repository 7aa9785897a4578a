package org.doveadmsshd.setup.plan;

/**
 * A file that is to be written beside the configuration.
 *
 * @param name of it; no path
 * @param text may have passwords; never shown
 */
public record PlannedFile(String name, String text) {
  @Override
  public String toString() {
    return name; // never the text
  }
}
