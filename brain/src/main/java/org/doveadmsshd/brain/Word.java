package org.doveadmsshd.brain;

import java.util.Optional;
import org.doveadmsshd.base.Failure;

/**
 * A word of a line, and where it stands.
 *
 * @param text without its quotes
 * @param start where it begins in the line
 * @param end behind its last character
 * @param quote the one that is not closed at its end; 0 for none
 * @param isOfShell whether only a shell could do what it says
 */
public record Word(String text, int start, int end, char quote, boolean isOfShell) {
  /** Why it cannot be a word of a command. */
  public Optional<Failure> mistake() {
    return isOfShell ? Optional.of(CommandLine.needsShell(text, true, "")) : Optional.empty();
  }
}
