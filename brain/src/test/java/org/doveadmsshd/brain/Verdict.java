package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserName;
import org.doveadmsshd.brain.journal.UserEnd;

/**
 * What must be true of a simulated run that has come to its end.
 *
 * @param code its exit code
 */
record Verdict(Simulation simulation, int code) {
  /** What a run says that was stopped. */
  private static final String STOPPED = "users that were not begun are unchanged";

  /** Throws when anything is not. */
  void check() throws Exception {
    if (ledger().fault() != null) {
      throw new IllegalStateException(ledger().fault());
    }
    assertThat(simulation.held()).as("memory that is held").isZero();
    if (code != Simulation.BROKEN && !scenario().isShuffled) { // a list may still be shuffled
      assertThat(simulation.heldAtTheEnd()).as("memory that is held at the end").isZero();
    }
    boolean isFirst = !simulation.isResumed();
    if (isFirst) {
      checkWho();
      checkPrinted();
    }
    Map<String, Long> ends = count(simulation.ends().stream().map(this::key));
    for (UserEnd end : simulation.ends()) {
      checkTruth(end, ends.get(key(end)) == 1);
    }
    checkRepeats(isFirst, ends);
    flow().check();
    new SayingsVerdict(simulation, code).check(isFirst && isWhole() && !hasDoubt());
    new JournalVerdict(simulation, due()).check(isFirst, isWhole());
  }

  private FlowVerdict flow() {
    return new FlowVerdict(simulation, code, isStopped());
  }

  private Scenario scenario() {
    return simulation.scenario;
  }

  private Ledger ledger() {
    return simulation.ledger();
  }

  private String key(UserEnd end) {
    return ledger().key(end.user(), end.server());
  }

  private boolean isStopped() {
    return simulation.said().contains(STOPPED);
  }

  /** Whether it went on until nobody was left. */
  private boolean isWhole() {
    return !isStopped() && code != Simulation.BROKEN && code != Outcome.CANNOT_CREATE.exitCode();
  }

  /** Whether a server's listing may have been for a user whom others were to list. */
  private boolean hasDoubt() {
    return scenario().isAdministered && scenario().isPlaced && !scenario().isNamed;
  }

  // who has an outcome

  private void checkWho() throws Failure {
    if (isStopped()) {
      boolean isMeant = scenario().stoppedBehind >= 0 || scenario().deadlineMillis > 0 || isFull();
      assertThat(isMeant).as("stopped for a reason").isTrue();
    }
    List<String> ended = simulation.ends().stream().map(this::key).toList();
    List<String> due = due();
    int most = scenario().limit > 0 ? Math.min(scenario().limit, due.size()) : due.size();
    Map<String, Long> left = new HashMap<>(count(due.stream()));
    count(ended.stream()).forEach((key, times) -> left.merge(key, -times, Long::sum));
    assertThat(left.values()).as("users without reason: " + left).allMatch(times -> times >= 0);
    if (isWhole() && !hasDoubt()) {
      assertThat(ended).as("users with an outcome, of " + due).hasSize(most);
    }
    if (scenario().isNamed && !scenario().isShuffled) {
      List<String> inOrder =
          simulation.ends().stream()
              .sorted(Comparator.comparingLong(UserEnd::sequence))
              .map(UserEnd::user)
              .toList();
      assertThat(inOrder).isEqualTo(due.subList(0, inOrder.size()));
    }
  }

  private boolean isFull() {
    return scenario().disk == Scenario.Disk.FULL && scenario().stopsWhenFull;
  }

  private static Map<String, Long> count(Stream<String> keys) {
    return keys.collect(Collectors.groupingBy(key -> key, Collectors.counting()));
  }

  /** Who was named to the brain, as often as he was. */
  private List<String> due() throws Failure {
    if (scenario().isNamed) {
      return scenario().names.stream().filter(UserName::isPossible).toList();
    }
    List<String> due = new ArrayList<>();
    ledger()
        .all()
        .forEach(
            (user, account) ->
                account.listed.forEach(
                    (server, times) -> {
                      if (isWorkedOnWhenListedBy(server, user)) {
                        due.addAll(Collections.nCopies(times, user));
                      }
                    }));
    return scenario().isPlaced ? List.copyOf(new LinkedHashSet<>(due)) : due; // each once
  }

  private boolean isWorkedOnWhenListedBy(String server, String user) {
    return !scenario().isPlaced || hasDoubt() || simulation.placement().mayBe(user, server);
  }

  // what is true of outcomes

  private void checkTruth(UserEnd end, boolean isAlone) {
    Ledger.Account account = ledger().of(end.user(), end.server());
    int carriedOut = account.carriedOut.get();
    int sent = account.sent.get() - (scenario().kills.isEmpty() ? 0 : account.sentBefore);
    String what =
        end + ", sent " + sent + ", carried out " + carriedOut + ", answered " + account.answered;
    boolean isAnswered = account.answered.contains(end.outcome());
    switch (end.outcome()) {
      case OK -> assertThat(isAnswered && carriedOut > 0).as(what).isTrue();
      case OVER_QUOTA, NOT_FOUND -> assertThat(isAnswered).as(what).isTrue();
      case NOT_BEGUN -> checkNotBegun(isAlone && sent > 0 && isFirst(), account, what);
      case NO_USER -> assertThat(isAnswered || sent == 0 && scenario().isPlaced).as(what).isTrue();
      case TEMPORARY_FAILURE ->
          assertThat(isAnswered || end.attempts() > 0 || scenario().isPlaced).as(what).isTrue();
      case UNREACHABLE ->
          assertThat(isAlone && !scenario().isRepeatable && isFirst() && carriedOut > 0)
              .as(what)
              .isFalse();
      case CANCELLED -> checkCancelled(isAlone && carriedOut > 0 && isFirst(), what);
      case TIMED_OUT -> assertThat(scenario().timeoutMillis).as(what).isPositive();
      case UNKNOWN -> assertThat(end.attempts()).as(what).isPositive();
      case DATA_ERROR -> assertThat(scenario().isPlaced).as(what).isTrue();
      default -> throw new AssertionError(what);
    }
  }

  /** Only servers have been asked that did not know him, or had been told to stop. */
  private static void checkNotBegun(boolean isAsked, Ledger.Account account, String what) {
    Set<Outcome> nothingDone = Set.of(Outcome.NO_USER, Outcome.CANCELLED);
    boolean isRefused = nothingDone.containsAll(account.answered) && !account.answered.isEmpty();
    assertThat(isAsked && (!isRefused || account.carriedOut.get() > 0)).as(what).isFalse();
  }

  /** What has perhaps been done, and may not be repeated, is unknown. */
  private void checkCancelled(boolean isDone, String what) {
    boolean isForOutput = code == Simulation.BROKEN;
    boolean isCalledOff = isForOutput || flow().isCalledOff();
    assertThat(isCalledOff || scenario().isAdministered).as(what).isTrue();
    assertThat(isDone && !scenario().isRepeatable && !isForOutput).as(what).isFalse();
  }

  private boolean isFirst() {
    return !simulation.isResumed();
  }

  /** Nothing is repeated that must not be, nor what is written down as done. */
  private void checkRepeats(boolean isFirst, Map<String, Long> ends) {
    Map<String, Outcome> before = simulation.writtenBefore();
    ledger()
        .all()
        .forEach(
            (key, account) -> {
              Outcome outcome = before.get(key);
              String what =
                  key
                      + ", before "
                      + outcome
                      + ", sent "
                      + account.sent
                      + ", "
                      + account.sentBefore
                      + " then, carried out "
                      + account.carriedOut;
              boolean isDecided =
                  outcome == Outcome.OK
                      || !scenario().isRepeatable
                          && (outcome == Outcome.UNKNOWN
                              || outcome == Outcome.TIMED_OUT
                              || outcome == Outcome.CANCELLED);
              if (isDecided) {
                assertThat(account.sent).as(what).hasValue(account.sentBefore);
              } else if (!scenario().isRepeatable) {
                long most = ends.getOrDefault(key, 0L) + (isFirst ? 0 : account.sentBefore);
                assertThat(account.carriedOut.longValue()).as(what).isLessThanOrEqualTo(most);
              }
            });
  }

  // what is printed

  /** Rows of a user are printed once at most; all of them, if a server has had the last word. */
  private void checkPrinted() {
    Map<String, Long> ends = count(simulation.ends().stream().map(this::key));
    Map<String, List<PrintedRows.Row>> rows = new HashMap<>();
    Set<String> liedAbout =
        simulation.printed().stream()
            .filter(row -> row.number() == 0)
            .map(PrintedRows.Row::user)
            .collect(Collectors.toSet());
    for (PrintedRows.Row row : simulation.printed()) {
      if (liedAbout.contains(row.user())) {
        continue; // such rows do not say whose they are
      }
      rows.computeIfAbsent(ledger().key(row.user(), row.server()), key -> new ArrayList<>())
          .add(row);
    }
    rows.forEach(
        (key, all) ->
            assertThat(count(all.stream().map(PrintedRows.Row::toString)).values())
                .as("rows of " + key)
                .allMatch(times -> times <= ends.getOrDefault(key, 0L)));
    if (code == Simulation.BROKEN) {
      return;
    }
    for (UserEnd end : simulation.ends()) {
      Long matched = end.counts().get("matched");
      boolean isTold = matched != null && !liedAbout.contains(end.user());
      if (isTold && ends.get(key(end)) == 1) {
        List<PrintedRows.Row> own = rows.getOrDefault(key(end), List.of());
        boolean isTight = scenario().memory < Scenario.AMPLE;
        long count = own.stream().filter(r -> !isTight || r.server().equals(end.server())).count();
        assertThat(count).as("rows of " + end + ": " + own).isEqualTo(matched);
      }
    }
  }
}
