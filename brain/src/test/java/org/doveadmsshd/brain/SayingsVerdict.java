package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.journal.UserEnd;

/**
 * Whether a simulated run says at its end what has become of it.
 *
 * @param code its exit code
 */
record SayingsVerdict(Simulation simulation, int code) {
  private static final int TEMPORARY = Outcome.TEMPORARY_FAILURE.exitCode();
  private static final Pattern SUMMARY =
      Pattern.compile("(?m)^(?:search|batch): ([0-9]+) users?(.*), [0-9.]+ s$");

  /**
   * Throws when it does not.
   *
   * @param isWhole whether all were reached whom servers have listed
   */
  void check(boolean isWhole) throws Failure {
    if (code == Simulation.BROKEN || code == Outcome.CANNOT_CREATE.exitCode()) {
      return;
    }
    if (code == 0) {
      assertThat(simulation.ends()).as("exit code 0").allMatch(SayingsVerdict::isWell);
    } else {
      assertThat(simulation.said()).as("why exit code " + code).contains("Error: ");
    }
    if (simulation.ends().stream().anyMatch(end -> end.outcome().exitCode() == TEMPORARY)) {
      assertThat(code).isEqualTo(TEMPORARY);
    }
    Matcher summary = SUMMARY.matcher(simulation.said());
    assertThat(summary.find()).as("a summary in " + simulation.said()).isTrue();
    int all = Integer.parseInt(summary.group(1));
    for (String also : new String[] {"skipped", "stopped", "not begun"}) {
      all += number(summary.group(2), ", ([0-9]+) " + also + "(?:,|$)");
    }
    assertThat(all).as("users of the summary").isEqualTo(simulation.ends().size());
    if (isWhole && simulation.scenario.limit == 0) {
      int misplaced =
          number(simulation.said(), "(?m)^doveadm: ([0-9]+) users? w[a-z]+ listed by a? ?server");
      assertThat(misplaced).as("misplaced").isEqualTo(misplaced());
    }
  }

  private static boolean isWell(UserEnd end) {
    return end.outcome().isOk() || end.outcome() == Outcome.NO_USER; // who was there before
  }

  private static int number(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  /** How often a user was listed who is not worked on there. */
  private int misplaced() {
    int misplaced = 0;
    if (simulation.scenario.isPlaced && !simulation.scenario.isNamed) {
      for (Map.Entry<String, Ledger.Account> each : simulation.ledger().all().entrySet()) {
        for (Map.Entry<String, Integer> listed : each.getValue().listed.entrySet()) {
          boolean mayBe = simulation.placement().mayBe(each.getKey(), listed.getKey());
          misplaced += mayBe ? 0 : listed.getValue();
        }
      }
    }
    return misplaced;
  }
}
