package org.doveadmsshd.brain.progress;

import java.util.Locale;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.command.CommandLineOptions;

/** In which form it is told how far a run is. */
public enum ProgressForm {
  /** Status lines for a person who watches a terminal. */
  AUTO,
  /** Lines of JSON on standard error. */
  JSON,
  /** Not at all. */
  NONE;

  /**
   * The one that the word after {@code --progress} means.
   *
   * @throws Failure when there is none
   */
  public static ProgressForm of(String word) throws Failure {
    if (!CommandLineOptions.PROGRESS.contains(word)) {
      throw Failure.usage(
          "Invalid --progress: %s (there are: %s)"
              .formatted(word, String.join(", ", CommandLineOptions.PROGRESS)));
    }
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
