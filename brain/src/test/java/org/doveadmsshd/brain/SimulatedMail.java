package org.doveadmsshd.brain;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.remote.ScriptedWorkers;
import org.doveadmsshd.protocol.Extension;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.worker.term.Terms;

/** The users of a simulated server, and what it says of them. Used by one thread. */
final class SimulatedMail {
  private static final String BIG = "x".repeat(3000);
  private static final int BIG_ROWS = 100;
  private static final int MOST_OVERTAKEN = 8;

  private final String name;
  private final Scenario scenario;
  private final SimulatedPlacement placement;
  private final Ledger ledger;
  private final Terms terms;
  private final Set<String> users;

  /** The highest term of each user, as the simulation knows it. */
  private final Map<String, Long> highest = new HashMap<>();

  SimulatedMail(
      String name, Scenario scenario, SimulatedPlacement placement, Ledger ledger, Terms terms) {
    this.name = name;
    this.scenario = scenario;
    this.placement = placement;
    this.ledger = ledger;
    this.terms = terms;
    users = scenario.users.get(name);
  }

  Message hello() {
    List<String> extensions = terms.areKept() ? List.of(Extension.TERMS) : List.of();
    return new Message.Hello(Limits.VERSION, "simulated", Optional.of("m"), extensions);
  }

  List<String> listing() {
    return scenario.listings.get(name);
  }

  /** A request is not to be carried out; nothing when it is. */
  Optional<Message.Done> refusal(Message.Run request) {
    String user = SimulatedPlacement.user(request.user());
    if (!users.contains(user)) {
      return Optional.of(done(request, Outcome.NO_USER, "There is no such user"));
    }
    return staleness(request, user)
        .map(why -> done(request, Outcome.TEMPORARY_FAILURE, why.getMessage()));
  }

  private Optional<Failure> staleness(Message.Run request, String user) {
    OptionalLong term = request.term();
    OptionalLong known = placement.term(user);
    if (term.isPresent() != known.isPresent() || term.orElse(0) > known.orElse(0)) {
      throw new IllegalStateException(user + " has term " + known + ", and was sent with " + term);
    }
    if (term.isEmpty()) {
      return Optional.empty();
    }
    if (!terms.areKept()) {
      throw new IllegalStateException(user + " was sent with a term that nobody checks");
    }
    boolean isStale = term.getAsLong() < highest.getOrDefault(user, 0L);
    Optional<Failure> refusal = check(user, term.getAsLong());
    if (isStale != refusal.isPresent()) {
      throw new IllegalStateException(
          "%s, term %s after %s: %s".formatted(user, term, highest.get(user), refusal));
    }
    return refusal;
  }

  private Optional<Failure> check(String user, long term) {
    try {
      terms.check(user, term);
      highest.merge(user, term, Math::max);
      return Optional.empty();
    } catch (Failure e) {
      return Optional.of(e);
    }
  }

  /** Another brain, which has asked the placement later, has users worked on here. */
  void overtake() {
    if (terms.areKept()) {
      users.stream()
          .filter(user -> placement.term(user).isPresent())
          .limit(MOST_OVERTAKEN)
          .forEach(user -> check(user, placement.term(user).getAsLong() + 1));
    }
  }

  /** A request is carried out. Returns what is said then. */
  List<Message> carryOut(Message.Run request) {
    String user = SimulatedPlacement.user(request.user());
    Random random = random(user);
    Outcome outcome = outcome(random.nextInt(24));
    boolean isBig = outcome != Outcome.NO_USER && random.nextInt(25) == 0;
    int rows = isBig ? BIG_ROWS : random.nextInt(3);
    if (outcome != Outcome.NO_USER) { // else he is removed meanwhile
      ledger.of(user, name).carriedOut.incrementAndGet();
    }
    int id = request.requestId();
    List<Message> answer = new ArrayList<>();
    if (rows > 0) {
      answer.add(new Message.Columns(id, ScriptedWorkers.COLUMNS));
    }
    for (int row = 1; row <= rows; row++) {
      String value = PrintedRows.Row.value(row, name, isBig ? BIG : "");
      answer.add(new Message.Row(id, List.of(Value.of(value), Value.of(row))));
    }
    String why = outcome.isOk() ? "" : "This is how it ends";
    note(user, outcome);
    Map<String, Long> counts =
        outcome == Outcome.NO_USER ? Map.of() : Map.of("matched", (long) rows);
    answer.add(new Message.Done(id, outcome, why, counts, SimulatedServer.MICROS));
    return answer;
  }

  /**
   * What a lie about a request that has been carried out is about: its id, or that of no request
   * when there was nothing to be carried out.
   */
  int mayLie(Message.Run request) {
    String user = SimulatedPlacement.user(request.user());
    boolean isThere = outcome(random(user).nextInt(24)) != Outcome.NO_USER;
    if (isThere) {
      note(user, Outcome.OK); // lies say so
    }
    return isThere ? request.requestId() : SimulatedServer.NO_REQUEST;
  }

  private static Outcome outcome(int drawn) {
    return switch (drawn) {
      case 0, 1 -> Outcome.OVER_QUOTA;
      case 2 -> Outcome.TEMPORARY_FAILURE;
      case 3 -> Outcome.NOT_FOUND;
      case 4 -> Outcome.NO_USER;
      case 5 -> Outcome.UNKNOWN; // which no worker may say
      default -> Outcome.OK;
    };
  }

  /** A request ends so, before it is carried out. */
  Message.Done done(Message.Run request, Outcome outcome, String why) {
    note(SimulatedPlacement.user(request.user()), outcome);
    long micros = SimulatedServer.MICROS; // else more would be sent ahead
    return new Message.Done(request.requestId(), outcome, why, Map.of(), micros);
  }

  private void note(String user, Outcome outcome) {
    ledger
        .of(user, name)
        .answered
        .add(outcome.isSaidByWorkers() ? outcome : Outcome.TEMPORARY_FAILURE);
  }

  /** The same for one user, however often he is asked for. */
  Random random(String user) {
    return new Random((scenario.seed << 32) ^ (name + user).hashCode());
  }
}
