package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.journal.JournalLine;
import org.doveadmsshd.brain.journal.JournalReader;
import org.doveadmsshd.brain.journal.UserEnd;

/**
 * What must be true of a simulated run that is over.
 *
 * @param code its exit code
 */
record Verdict(Simulation simulation, int code) {
  /**
   * Throws when anything is not.
   *
   * @param isResumed whether it has gone on with a run that was killed
   */
  void check(boolean isResumed) throws Exception {
    if (simulation.ledger().fault() != null) {
      throw new IllegalStateException(simulation.ledger().fault());
    }
    List<String> ended = simulation.ends().stream().map(UserEnd::user).toList();
    assertThat(ended).as("users with an outcome").doesNotHaveDuplicates();
    assertThat(simulation.users()).containsAll(ended);
    assertThat(simulation.held()).as("memory that is held").isZero();
    checkCode();
    if (isResumed) {
      checkResumed(union());
    } else {
      checkFirst(ended);
    }
  }

  private void checkFirst(List<String> ended) {
    if (simulation.stoppedBehind < 0) {
      assertThat(ended).as("users with an outcome").containsAll(due());
    }
    simulation.ends().forEach(this::check);
    if (!simulation.isRepeatable) {
      simulation
          .ledger()
          .all()
          .forEach(
              (user, account) ->
                  assertThat(account.carriedOut.get()).as(user).isLessThanOrEqualTo(1));
    }
    checkPrinted();
  }

  /** Who was named to the brain. */
  private List<String> due() {
    return simulation.names
        ? simulation.users()
        : simulation.users().stream()
            .filter(user -> simulation.ledger().of(user).listed.get() > 0)
            .toList();
  }

  private void check(UserEnd end) {
    Ledger.Account account = simulation.ledger().of(end.user());
    int times = account.carriedOut.get();
    int inVain = simulation.isRepeatable ? 2 : 0;
    String what = "%s, carried out %d times".formatted(end, times);
    switch (end.outcome()) {
      case OK, OVER_QUOTA -> assertThat(times).as(what).isPositive();
      case NOT_BEGUN -> assertThat(times).as(what).isZero();
      case UNREACHABLE, CANCELLED -> assertThat(times).as(what).isLessThanOrEqualTo(inVain);
      case TEMPORARY_FAILURE -> assertThat(account.sent).as(what).hasPositiveValue();
      case UNKNOWN, TIMED_OUT -> {} // while it was under way, or on its way to a worker
      default -> throw new AssertionError(what);
    }
  }

  /** Rows of a user are printed once at most; all of them, if he has ended well. */
  private void checkPrinted() {
    List<String> keys =
        simulation.printed().stream().map(line -> line.replaceFirst(" [gx]+ ", " ")).toList();
    assertThat(keys).as("rows").doesNotHaveDuplicates();
    for (UserEnd end : simulation.ends()) {
      if (end.outcome() == Outcome.OK || end.outcome() == Outcome.OVER_QUOTA) {
        long rows = keys.stream().filter(key -> key.startsWith(end.user() + " ")).count();
        assertThat(rows).as("rows of " + end).isEqualTo(end.counts().get("matched"));
      }
    }
  }

  private void checkCode() {
    if (code == 0) {
      assertThat(simulation.ends()).as("exit code 0").allMatch(end -> end.outcome().isOk());
    }
    if (simulation.ends().stream().anyMatch(end -> end.outcome().exitCode() == 75)) {
      assertThat(code).isEqualTo(75);
    }
  }

  private void checkResumed(Map<String, Outcome> union) {
    assertThat(union.keySet()).as("users in the journal").containsAll(due());
    Map<String, Outcome> before = simulation.writtenBefore();
    for (String user : simulation.users()) {
      Ledger.Account account = simulation.ledger().of(user);
      Outcome outcome = before.get(user);
      boolean isDecided =
          outcome == Outcome.OK || outcome == Outcome.UNKNOWN && !simulation.isRepeatable;
      String what = "%s, %s, asked for %s times".formatted(user, outcome, account.sent);
      if (isDecided) {
        assertThat(account.sent).as(what).hasValue(account.sentBefore);
        assertThat(union.get(user)).isEqualTo(outcome);
      }
      if (!simulation.isRepeatable) {
        int most = account.sentBefore > 0 && !isDecided ? 2 : 1;
        assertThat(account.carriedOut.get()).as(what).isLessThanOrEqualTo(most);
      }
    }
  }

  /** How each user ended last, as the journal says. */
  private Map<String, Outcome> union() throws Exception {
    return outcomes(simulation.killedJournal());
  }

  /** How each user ended last, as a journal says. */
  static Map<String, Outcome> outcomes(Path journal) throws Failure, IOException {
    Map<String, Outcome> outcomes = new HashMap<>();
    try (JournalReader reader = JournalReader.open(journal)) {
      for (JournalLine line; (line = reader.next()) != null; ) {
        if (line instanceof JournalLine.User) {
          UserEnd end = ((JournalLine.User) line).end();
          outcomes.put(end.user(), end.outcome());
        }
      }
    }
    return outcomes;
  }
}
