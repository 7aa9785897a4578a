package org.doveadmsshd.brain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
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

  private static final int ROWS_AT_ONCE = 25;
  private static final String BIG = "x".repeat(3000);

  private final String name;
  private final Set<String> users;
  private final List<Fault> faults;
  private final ScheduledExecutorService time;
  private final Ledger ledger;
  private final long wayMicros;
  private final long seed;

  // of the thread that does all
  private final Set<SimulatedLane> lanes = new HashSet<>();
  private int requests;
  private long slowMillis;
  private final List<Runnable> whenThawed = new ArrayList<>();
  private final List<Runnable> whenReachable = new ArrayList<>();

  private volatile boolean isDown;
  private volatile boolean isFrozen;
  private volatile boolean isUnreachable;
  private volatile boolean refuses;

  SimulatedServer(
      String name, Set<String> users, Random random, ScheduledExecutorService time, Ledger ledger) {
    this.name = name;
    this.users = users;
    this.time = time;
    this.ledger = ledger;
    faults = Fault.some(random, 2 * users.size());
    wayMicros = random.nextInt(3) * 500L;
    seed = random.nextLong();
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
    SimulatedLane lane = new SimulatedLane(this);
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
      unlessFrozen(() -> lane.say(ScriptedWorkers.HELLO));
    }
  }

  /** A message of the brain, on its thread. */
  void sent(SimulatedLane lane, Message message) {
    if (message instanceof Message.Run && !ledger.sends(((Message.Run) message).user())) {
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
    suffer(lane, 0, Fault.Moment.RECEIVED);
    lane.say(new Message.Columns(1, List.of(new Column("user"))));
    int said = 0;
    for (String user : users) {
      Message row = new Message.Row(1, List.of(Value.of(user)));
      lane.say(() -> ledger.of(user).listed.incrementAndGet(), row);
      if (++said == ROWS_AT_ONCE) {
        suffer(lane, 0, Fault.Moment.CARRIED_OUT);
      }
    }
    lane.say(new Message.Done(1, Outcome.OK, "", Map.of(), 0));
    suffer(lane, 0, Fault.Moment.ANSWERED);
  }

  private void next(SimulatedLane lane) throws IOException {
    if (lane.works || lane.requests.isEmpty()) {
      return;
    }
    lane.works = true;
    int number = ++requests;
    suffer(lane, number, Fault.Moment.RECEIVED);
    Message.Run request = (Message.Run) lane.requests.poll();
    if (request != null) { // else it has crashed
      long micros = slowMillis * 1000 + random(request.user()).nextInt(1500);
      later(micros, () -> unlessFrozen(() -> carryOut(lane, number, request)));
    }
  }

  private void carryOut(SimulatedLane lane, int number, Message.Run request) throws IOException {
    if (lane.isDead) {
      return; // it has crashed
    }
    int id = request.requestId();
    if (lane.cancelled.contains(id)) {
      lane.say(new Message.Done(id, Outcome.CANCELLED, "Cancelled", Map.of(), 1));
    } else if (!users.contains(request.user())) {
      lane.say(new Message.Done(id, Outcome.NO_USER, "There is no such user", Map.of(), 1));
    } else {
      ledger.of(request.user()).carriedOut.incrementAndGet();
      suffer(lane, number, Fault.Moment.CARRIED_OUT);
      answer(lane, request);
    }
    suffer(lane, number, Fault.Moment.ANSWERED);
    lane.works = false;
    next(lane);
  }

  private Random random(String user) {
    return new Random(seed ^ user.hashCode());
  }

  private void answer(SimulatedLane lane, Message.Run request) throws IOException {
    int id = request.requestId();
    Random random = random(request.user());
    int rows = random.nextInt(10) == 0 ? 100 : random.nextInt(3);
    Outcome outcome = random.nextInt(8) == 0 ? Outcome.OVER_QUOTA : Outcome.OK;
    if (rows > 0) {
      lane.say(new Message.Columns(id, ScriptedWorkers.COLUMNS));
    }
    for (int row = 1; row <= rows; row++) {
      String guid = rows == 100 ? BIG : "g";
      lane.say(new Message.Row(id, List.of(Value.of(guid), Value.of(row))));
    }
    String why = outcome.isOk() ? "" : "Quota exceeded";
    lane.say(new Message.Done(id, outcome, why, Map.of("matched", (long) rows), 100));
  }

  // its faults

  private void suffer(SimulatedLane lane, int number, Fault.Moment moment) throws IOException {
    for (Fault fault : faults) {
      if (fault.request() == number && fault.moment() == moment) {
        suffer(lane, fault);
      }
    }
  }

  private void suffer(SimulatedLane lane, Fault fault) {
    long micros = 1000 * fault.millis();
    switch (fault.kind()) {
      case CUT -> lane.cut();
      case PART -> List.copyOf(lanes).forEach(SimulatedLane::cut);
      case BREACH -> lane.write(new byte[] {0, 0, 0, 5, 126, 0, 0, 0, 1}, () -> {});
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
    later(
        1000L * SILENCE_MILLIS,
        () -> {
          if (isFrozen || isUnreachable) {
            lane.breakOff("it has not answered for a while");
          }
        });
  }

  @Override
  public String toString() {
    return "%d users, %d µs away, %s".formatted(users.size(), wayMicros, faults);
  }
}
