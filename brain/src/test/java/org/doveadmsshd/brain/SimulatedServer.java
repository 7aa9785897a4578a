package org.doveadmsshd.brain;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.remote.Breach;
import org.doveadmsshd.brain.remote.Connector;
import org.doveadmsshd.brain.remote.LaneTransport;
import org.doveadmsshd.brain.remote.ScriptedWorkers;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;

/**
 * A server without mail, with the way to it. It carries requests out one after another on each
 * lane, notes that in the ledger, and suffers its faults. All it does is done by one thread.
 */
final class SimulatedServer implements Connector {
  /** What a run bears, in this small world where a minute is an eighth of a second. */
  static final int SILENCE_MILLIS = 60;

  static final int ABSENCE_MILLIS = 120;

  /** How long a request takes, as the server says: so few of them are sent ahead. */
  static final int MICROS = 1000;

  /** The id of none that there is. */
  static final int NO_REQUEST = 1_000_000;

  /** How many messages come together, or not at all. */
  private static final int AT_ONCE = 40;

  /** Stands for every connection. */
  private static final int ALL = -1;

  private static final int LISTED_AT_ONCE = 4;

  private final String name;
  private final SimulatedMail mail;
  private final List<Fault> faults;
  private final ScheduledExecutorService time;
  private final Ledger ledger;
  private final long wayMicros;
  private final int connections;
  private final boolean isPatient;

  // of the thread that does all
  private final Set<SimulatedLane> lanes = new HashSet<>();
  private int requests;
  private int hanging = -1;
  private long hangMillis;
  private long slowMillis;
  private final List<Runnable> whenThawed = new ArrayList<>();
  private final List<Runnable> whenReachable = new ArrayList<>();

  private volatile boolean isDown;
  private volatile boolean isFrozen;
  private volatile boolean isUnreachable;
  private volatile boolean refuses;
  private volatile ServerState state = ServerState.UP;
  private final AtomicInteger opened = new AtomicInteger();

  SimulatedServer(
      String name,
      Scenario scenario,
      SimulatedMail mail,
      ScheduledExecutorService time,
      Ledger ledger) {
    this.name = name;
    this.mail = mail;
    this.time = time;
    this.ledger = ledger;
    faults = Fault.some(scenario, 2 * mail.listing().size());
    wayMicros = scenario.random.nextInt(3) * 500L;
    connections = scenario.connections;
    isPatient = scenario.isPatient;
  }

  /** Whether it is to be used, as an administrator has said. */
  ServerState state() {
    return state;
  }

  long roundTripMicros() {
    return 2 * wayMicros;
  }

  // the way

  @Override
  public LaneTransport open() throws Failure, IOException {
    if (isDown || ledger.isKilled()) {
      throw new Failure(Outcome.UNREACHABLE, "Server " + name + ": connection refused");
    }
    if (refuses) {
      throw new IOException("no further lane");
    }
    SimulatedLane lane =
        new SimulatedLane(this, opened.getAndIncrement() % connections, ledger.brain());
    later(0, () -> opened(lane));
    return lane;
  }

  private void opened(SimulatedLane lane) throws IOException {
    if (isDown || ledger.isKilled()) {
      lane.cut();
    } else {
      lanes.add(lane);
      if (isFrozen || isUnreachable) {
        silence(lane);
      }
      unlessFrozen(() -> lane.say(mail.hello()));
    }
  }

  /** A message of the brain, on its thread. */
  void sent(SimulatedLane lane, Message message) {
    if (message instanceof Message.Run
        && !ledger.sends(
            lane.brain, SimulatedPlacement.user(((Message.Run) message).user()), name)) {
      return;
    }
    later(wayMicros, () -> unlessUnreachable(() -> received(lane, message)));
  }

  /** Bytes for the brain. */
  void onTheWay(Runnable arrival) {
    later(wayMicros, () -> unlessUnreachable(arrival::run));
  }

  /** The brain has been killed, and with it all connections end. */
  void loseBrain() {
    later(0, () -> List.copyOf(lanes).forEach(SimulatedLane::cut));
  }

  void closed(SimulatedLane lane) {
    later(wayMicros, () -> lanes.remove(lane));
  }

  /** What is done at some time. */
  private interface Step {
    void take() throws IOException;
  }

  private void later(long micros, Step step) {
    try {
      time.schedule(() -> take(step), micros, TimeUnit.MICROSECONDS);
    } catch (RejectedExecutionException e) {
      // the run is over
    }
  }

  private void take(Step step) {
    try {
      step.take();
    } catch (IOException | RuntimeException e) {
      ledger.fault(e);
      isDown = true; // else the run would wait for it
      part(ALL);
    }
  }

  /** What does not come through is sent again until it does. */
  private void unlessUnreachable(Step step) throws IOException {
    if (isUnreachable) {
      whenReachable.add(() -> later(0, step));
    } else {
      step.take();
    }
  }

  private void unlessFrozen(Step step) throws IOException {
    if (isFrozen) {
      whenThawed.add(() -> later(0, step));
    } else {
      step.take();
    }
  }

  // the server

  private void received(SimulatedLane lane, Message message) throws IOException {
    if (lane.isCut || lane.isDead) {
      return;
    }
    if (message instanceof Message.Cancel) {
      lane.cancelled.add(message.requestId());
    } else if (message instanceof Message.ListUsers) {
      unlessFrozen(() -> list(lane));
    } else if (message instanceof Message.Run) {
      lane.requests.add(message);
      next(lane);
    }
  }

  private void list(SimulatedLane lane) throws IOException {
    suffer(lane, 0, 1, Fault.Moment.RECEIVED);
    lane.say(new Message.Columns(1, List.of(new Column("user"))));
    List<String> listing = mail.listing();
    Map<String, Integer> told = new HashMap<>();
    for (int from = 0; from < listing.size(); from += LISTED_AT_ONCE) {
      list(lane, listing.subList(from, Math.min(listing.size(), from + LISTED_AT_ONCE)), told);
      if (from == 2 * LISTED_AT_ONCE) {
        suffer(lane, 0, 1, Fault.Moment.CARRIED_OUT);
      }
    }
    lane.say(new Message.Done(1, Outcome.OK, "", Map.of(), 0));
    suffer(lane, 0, 1, Fault.Moment.ANSWERED);
  }

  /**
   * Names some.
   *
   * @param told how often each has been named by this answer; another one begins anew
   */
  private void list(SimulatedLane lane, List<String> some, Map<String, Integer> told)
      throws IOException {
    Message[] rows =
        some.stream()
            .map(user -> new Message.Row(1, List.of(Value.of(user))))
            .toArray(Message[]::new);
    lane.say(
        () ->
            some.forEach(
                user ->
                    ledger
                        .of(user, name)
                        .listed
                        .merge(name, told.merge(user, 1, Integer::sum), Math::max)),
        rows);
  }

  private void next(SimulatedLane lane) throws IOException {
    if (lane.works || lane.requests.isEmpty()) {
      return;
    }
    lane.works = true;
    int number = ++requests;
    suffer(lane, number, NO_REQUEST, Fault.Moment.RECEIVED);
    Message.Run request = (Message.Run) lane.requests.poll();
    if (request != null) { // else it has crashed
      long millis = slowMillis + (number == hanging ? hangMillis : 0);
      long micros = millis * 1000 + mail.random(request.user()).nextInt(1500);
      later(micros, () -> unlessFrozen(() -> carryOut(lane, number, request)));
    }
  }

  private void carryOut(SimulatedLane lane, int number, Message.Run request) throws IOException {
    if (lane.isDead) {
      return; // it has crashed
    }
    if (lane.cancelled.contains(request.requestId())) {
      lane.say(mail.done(request, Outcome.CANCELLED, "Cancelled"));
    } else {
      Optional<Message.Done> refusal = mail.refusal(request);
      if (refusal.isPresent()) {
        lane.say(refusal.get());
      } else {
        List<Message> answer = mail.carryOut(request);
        suffer(lane, number, mail.mayLie(request), Fault.Moment.CARRIED_OUT);
        for (int from = 0; from < answer.size(); from += AT_ONCE) {
          int to = Math.min(answer.size(), from + AT_ONCE);
          lane.say(answer.subList(from, to).toArray(new Message[0]));
        }
      }
    }
    suffer(lane, number, NO_REQUEST, Fault.Moment.ANSWERED);
    lane.works = false;
    next(lane);
  }

  // its faults

  /**
   * Suffers what befalls it at this moment.
   *
   * @param id of the request that is lied about
   */
  private void suffer(SimulatedLane lane, int number, int id, Fault.Moment moment)
      throws IOException {
    for (Fault fault : faults) {
      if (fault.request() == number && fault.moment() == moment) {
        if (fault.kind() == Fault.Kind.LIE) {
          lie(lane, id, fault.lie());
        } else {
          suffer(lane, number, fault);
        }
      }
    }
  }

  private void lie(SimulatedLane lane, int id, Breach lie) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    lie.commit(new ScriptedWorkers.Peer(bytes), id);
    lane.write(bytes.toByteArray(), () -> {});
    if (lie.closes()) {
      onTheWay(lane::cut);
    }
  }

  private void part(int connection) {
    for (SimulatedLane each : List.copyOf(lanes)) {
      if (connection == ALL || each.connection == connection) {
        each.cut();
      }
    }
  }

  private void suffer(SimulatedLane lane, int number, Fault fault) {
    long micros = 1000 * fault.millis();
    switch (fault.kind()) {
      case CUT -> lane.cut();
      case PART -> part(lane.connection);
      case PART_ALL -> part(ALL);
      case LIE -> throw new IllegalStateException("it is told about a request");
      case OVERTAKE -> mail.overtake();
      case HANG -> {
        hanging = fault.moment() == Fault.Moment.RECEIVED ? number : number + 1;
        hangMillis = fault.millis();
      }
      case DRAIN, DOWN -> {
        ServerState.Use use = ServerState.Use.valueOf(fault.kind().name());
        state = new ServerState(use, "anna", Instant.EPOCH);
        later(micros, () -> state = ServerState.UP);
      }
      case CRASH -> {
        isDown = true;
        crash();
        later(micros, () -> isDown = false);
      }
      case FREEZE -> {
        isFrozen = true;
        lanes.forEach(this::silence);
        later(micros, this::thaw);
      }
      case DROP -> {
        isUnreachable = true;
        lanes.forEach(this::silence);
        later(micros, this::comeBack);
      }
      case REFUSE -> {
        refuses = true;
        later(micros, () -> refuses = false);
      }
      case SLOW -> {
        slowMillis = Math.min(20, fault.millis());
        later(micros, () -> slowMillis = 0);
      }
    }
  }

  private void crash() {
    for (SimulatedLane each : List.copyOf(lanes)) {
      each.requests.clear();
      onTheWay(each::cut); // behind what it has said
      silence(each); // that nothing comes is noticed, too
      each.isDead = true;
    }
    lanes.clear();
    whenThawed.clear();
  }

  private void thaw() {
    isFrozen = false;
    release(whenThawed);
  }

  private void comeBack() {
    isUnreachable = false;
    release(whenReachable);
  }

  private static void release(List<Runnable> waiting) {
    List<Runnable> all = List.copyOf(waiting);
    waiting.clear();
    all.forEach(Runnable::run);
  }

  /** The connection notices that nothing comes, as one over SSH does. */
  private void silence(SimulatedLane lane) {
    if (!isPatient) {
      later(
          1000L * SILENCE_MILLIS,
          () -> {
            if (isFrozen || isUnreachable) {
              lane.breakOff("it has not answered for a while");
            }
          });
    }
  }

  @Override
  public String toString() {
    return "%d users, %d µs away, %s".formatted(mail.listing().size(), wayMicros, faults);
  }
}
