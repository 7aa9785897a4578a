package org.doveadmsshd.brain.journal;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;

/**
 * Which users of an earlier run are worked on again.
 *
 * @param outcomes those who ended so
 * @param missing whether also those of whom nothing was written down
 */
public record Wanted(Set<Outcome> outcomes, boolean missing) {
  /** Stands for every outcome that is a failure of the command. */
  private static final String FAILED = "failed";

  /** Stands for users of whom nothing was written down. */
  private static final String MISSING = "missing";

  /** The outcomes that do not say that the command failed: it may not even have been begun. */
  private static final Set<Outcome> OPEN =
      EnumSet.of(
          Outcome.OK,
          Outcome.TIMED_OUT,
          Outcome.CANCELLED,
          Outcome.NOT_BEGUN,
          Outcome.UNREACHABLE,
          Outcome.UNKNOWN);

  /** The outcomes of users for whom a part of the command may have been done. */
  private static final Set<Outcome> DOUBTFUL =
      EnumSet.of(Outcome.TIMED_OUT, Outcome.CANCELLED, Outcome.UNKNOWN);

  /**
   * All who have not come to a good end.
   *
   * @param repeatable whether the command may be carried out twice; if not, users for whom it may
   *     have been are left out
   */
  static Wanted unfinished(boolean repeatable) {
    Set<Outcome> outcomes = EnumSet.complementOf(EnumSet.of(Outcome.OK));
    if (!repeatable) {
      outcomes.removeAll(DOUBTFUL);
    }
    return new Wanted(outcomes, true);
  }

  /**
   * Reads {@code failed,timed-out}.
   *
   * @throws Failure when a word is none of these
   */
  public static Wanted of(String words) throws Failure {
    Set<Outcome> outcomes = EnumSet.noneOf(Outcome.class);
    boolean missing = false;
    for (String each : words.split(",", -1)) {
      String word = each.strip().toLowerCase(Locale.ROOT);
      Optional<Outcome> outcome = Outcome.ofWord(word);
      if (word.equals(FAILED)) {
        outcomes.addAll(EnumSet.complementOf(EnumSet.copyOf(OPEN)));
      } else if (word.equals(MISSING)) {
        missing = true;
      } else if (outcome.isPresent() && !outcome.get().isOk()) {
        outcomes.add(outcome.get());
      } else {
        throw Failure.usage(
            "--only: no outcome that can be repeated: "
                + each
                + " (there are failed, missing, timed-out, cancelled, not-begun, unreachable,"
                + " unknown and the other outcomes of docs/journal.md)");
      }
    }
    return new Wanted(outcomes, missing);
  }

  /** Whether a user is worked on who ended like that; nothing when nothing was written down. */
  boolean has(Optional<Outcome> outcome) {
    return outcome.map(outcomes::contains).orElse(missing);
  }
}
