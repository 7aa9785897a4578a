package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.journal.UserEnd;

/**
 * Whether a simulated run has kept to what the command line says of how it is to go.
 *
 * @param code its exit code
 * @param isStopped whether it was stopped before all were reached
 */
record FlowVerdict(Simulation simulation, int code, boolean isStopped) {
  /** How many users a lane is sent ahead on a short way, at least. */
  private static final int AHEAD = 4;

  /** What a lane may take a user's time for, which is 0.75 ms on average, when some were quick. */
  private static final int QUICK_MICROS = 250;

  void check() {
    Map<String, List<UserEnd>> ends =
        simulation.ends().stream().collect(Collectors.groupingBy(this::key));
    checkLimit(ends.keySet());
    checkCanaries(ends);
    checkRates();
    checkFailures();
    if (scenario().isOrdered) {
      checkOrder(ends);
    }
    if (!isCalledOff()) {
      assertThat(simulation.ends()).noneMatch(end -> end.outcome() == Outcome.NOT_BEGUN);
    }
  }

  /** Whether from some moment on no further user was to be begun. */
  boolean isCalledOff() {
    return isStopped || code == Simulation.BROKEN || refusesOthers() || hasFailed();
  }

  private Scenario scenario() {
    return simulation.scenario;
  }

  private String key(UserEnd end) {
    return simulation.ledger().key(end.user(), end.server());
  }

  private void checkLimit(Set<String> users) {
    if (scenario().limit > 0) {
      assertThat(users).as("users, of a limit").hasSizeLessThanOrEqualTo(scenario().limit);
      long sent = simulation.ledger().all().values().stream().filter(a -> a.sent.get() > 0).count();
      if (!simulation.isResumed() || scenario().isNamed) { // lists may come in another order then
        assertThat(sent).as("users who were begun").isLessThanOrEqualTo(scenario().limit);
      }
    }
  }

  private boolean refusesOthers() {
    Ends.Standing standing = simulation.standing();
    boolean isBad = standing.good() < standing.canaries();
    return scenario().canaries > 0
        && (scenario().person == Scenario.Person.REFUSES
            || scenario().person == Scenario.Person.NOBODY && isBad);
  }

  /** Nobody else is begun before the canaries have ended, and it is well with them. */
  private void checkCanaries(Map<String, List<UserEnd>> ends) {
    int canaries = scenario().canaries;
    if (canaries == 0) {
      return;
    }
    for (Ledger.Sending each : simulation.ledger().sendings()) {
      List<UserEnd> his = ends.getOrDefault(each.key(), List.of());
      if (his.size() == 1 && his.get(0).sequence() >= canaries) {
        String what = his + " was begun when it stood so: " + each.standing();
        assertThat(each.standing().canaries()).as(what).isEqualTo(canaries);
        assertThat(refusesOthers()).as(what).isFalse();
      }
    }
  }

  /** No more are begun in any time since the beginning. */
  private void checkRates() {
    Map<String, List<Long>> byServer = new HashMap<>();
    List<Long> all = new ArrayList<>();
    for (Ledger.Sending each : simulation.ledger().sendings()) {
      all.add(each.nanos());
      byServer.computeIfAbsent(each.server(), any -> new ArrayList<>()).add(each.nanos());
    }
    checkRate(all, scenario().maxRate);
    byServer.values().forEach(nanos -> checkRate(nanos, scenario().maxRateOfEach));
  }

  private void checkRate(List<Long> nanos, int rate) {
    List<Long> sorted = nanos.stream().sorted().toList();
    for (int i = 0; i < sorted.size() && rate > 0; i++) {
      long soonest = i * (TimeUnit.SECONDS.toNanos(1) / rate);
      assertThat(sorted.get(i) - simulation.begunNanos())
          .as("when request %d was sent, of %d a second".formatted(i, rate))
          .isGreaterThanOrEqualTo(soonest);
    }
  }

  private boolean hasFailed() {
    return scenario().mostFailures > 0 && simulation.standing().failed() >= scenario().mostFailures;
  }

  /** Behind the last failure that is borne nobody is begun but those who had been sent ahead. */
  private void checkFailures() {
    if (!hasFailed()) {
      return;
    }
    int most = scenario().mostFailures;
    long late =
        simulation.ledger().sendings().stream()
            .filter(each -> each.standing().failed() >= most)
            .count();
    int ahead =
        simulation.simulated().stream().mapToInt(each -> ahead(each) * scenario().lanes).sum();
    assertThat(late).as("begun behind the last failure").isLessThanOrEqualTo(ahead);
    if (!isStopped && !refusesOthers() && code != Simulation.BROKEN) {
      assertThat(simulation.said()).contains("as often as --stop-after-failures allows");
    }
  }

  /** How many users a lane of a server is sent ahead at most. */
  private static int ahead(SimulatedServer server) {
    return Math.max(AHEAD, (int) (2 * server.roundTripMicros() / QUICK_MICROS) + 2);
  }

  private void checkOrder(Map<String, List<UserEnd>> ends) {
    long last = -1;
    for (PrintedRows.Row row : simulation.printed()) {
      List<UserEnd> his =
          ends.getOrDefault(simulation.ledger().key(row.user(), row.server()), List.of());
      if (his.size() == 1) {
        assertThat(his.get(0).sequence()).as("%s is printed", row).isGreaterThanOrEqualTo(last);
        last = his.get(0).sequence();
      }
    }
  }
}
