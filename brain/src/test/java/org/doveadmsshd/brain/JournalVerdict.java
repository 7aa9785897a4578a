package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.journal.JournalLine;
import org.doveadmsshd.brain.journal.JournalReader;
import org.doveadmsshd.brain.journal.UserEnd;

/**
 * Whether what is written down of a simulated run is what has become of it.
 *
 * @param due whom the last brain was to work on
 */
record JournalVerdict(Simulation simulation, List<String> due) {
  /**
   * Throws when it is not.
   *
   * @param isFirst whether no other brain has worked before
   * @param isWhole whether the last one went on until nobody was left
   */
  void check(boolean isFirst, boolean isWhole) throws Failure, IOException {
    Scenario.Disk disk = simulation.scenario.disk;
    if (disk == Scenario.Disk.NONE || !Files.exists(simulation.journal())) {
      assertThat(disk)
          .as("where nothing is written")
          .isNotIn(Scenario.Disk.SLOW, Scenario.Disk.SOUND);
      return;
    }
    List<String> written = new ArrayList<>();
    Map<String, Outcome> union = new HashMap<>();
    int brains = 0;
    for (JournalLine line : lines(simulation.journal())) {
      brains += line instanceof JournalLine.Resumed ? 1 : 0;
      if (line instanceof JournalLine.User) {
        UserEnd end = ((JournalLine.User) line).end();
        written.add(text(end));
        union.put(simulation.ledger().key(end.user(), end.server()), end.outcome());
      }
    }
    List<String> ends = simulation.ends().stream().map(JournalVerdict::text).toList();
    if (disk == Scenario.Disk.FULL) {
      assertThat(ends).as("users, of whom some are written down").containsAll(written);
      assertThat(written).doesNotHaveDuplicates();
    } else if (isFirst) {
      assertThat(written).containsExactlyInAnyOrderElementsOf(ends);
    } else {
      assertThat(written).containsAll(ends);
      checkUnion(union, isWhole);
    }
  }

  private static String text(UserEnd end) {
    return "%d %s %s %s".formatted(end.sequence(), end.user(), end.server(), end.outcome());
  }

  /** Of all runs together, every user has an outcome, and none a worse one than he had before. */
  private void checkUnion(Map<String, Outcome> union, boolean isWhole) {
    Scenario scenario = simulation.scenario;
    if (scenario.limit > 0) {
      assertThat(union).as("users, of a limit").hasSizeLessThanOrEqualTo(scenario.limit);
    } else if (isWhole && !(scenario.isAdministered && scenario.isPlaced && !scenario.isNamed)) {
      assertThat(union.keySet()).as("users in the journal").containsAll(due);
    }
    simulation
        .writtenBefore()
        .forEach(
            (key, outcome) -> {
              if (outcome == Outcome.OK) {
                assertThat(union.get(key)).as(key).isEqualTo(outcome);
              }
            });
  }

  private static List<JournalLine> lines(Path journal) throws Failure, IOException {
    List<JournalLine> lines = new ArrayList<>();
    try (JournalReader reader = JournalReader.open(journal)) {
      for (JournalLine line; (line = reader.next()) != null; ) {
        lines.add(line);
      }
    }
    return lines;
  }

  /** How each user ended last, as a journal says. */
  static Map<String, Outcome> outcomes(Ledger ledger, Path journal) throws Failure, IOException {
    Map<String, Outcome> outcomes = new HashMap<>();
    for (JournalLine line : lines(journal)) {
      if (line instanceof JournalLine.User) {
        UserEnd end = ((JournalLine.User) line).end();
        outcomes.put(ledger.key(end.user(), end.server()), end.outcome());
      }
    }
    return outcomes;
  }
}
