package org.doveadmsshd.brain;

import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Words;

/**
 * What a command line says of journals.
 *
 * @param file where the run is to be written down; nothing for the directory
 * @param isRefused whether it is not to be written down
 * @param resumed the run that is gone on with
 * @param only which of its users are worked on again
 */
record JournalOptions(
    Optional<String> file, boolean isRefused, Optional<String> resumed, Optional<String> only) {
  /** Reads the options before the command. */
  static JournalOptions of(Words global) throws Failure {
    JournalOptions options =
        new JournalOptions(
            global.value("journal"),
            global.has("no-journal"),
            global.value("resume"),
            global.value("only"));
    if (options.isRefused && (options.file.isPresent() || options.resumed.isPresent())) {
      throw Failure.usage("--no-journal cannot be together with --journal or --resume");
    }
    if (options.file.isPresent() && options.resumed.isPresent()) {
      throw Failure.usage("A run that is resumed is written to its own journal: no --journal");
    }
    if (options.only.isPresent() && options.resumed.isEmpty()) {
      throw Failure.usage("--only is about a run that is resumed: --resume <run>");
    }
    return options;
  }
}
