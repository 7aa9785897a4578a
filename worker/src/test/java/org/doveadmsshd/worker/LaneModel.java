package org.doveadmsshd.worker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.worker.LaneStep.Kind;

/**
 * What a lane should do (docs/PROTOCOL.md section 5): what is legal when, and what is sent. What
 * waits is worked off by the step WORK, so nothing happens at the same time.
 */
final class LaneModel {
  /** The phases of a lane. */
  private enum State {
    HELLO,
    AUTHENTICATION,
    READY,
    CLOSED
  }

  private static final Map<State, Set<Kind>> LEGAL = new EnumMap<>(State.class);

  static {
    LEGAL.put(State.HELLO, EnumSet.of(Kind.HELLO, Kind.OTHER_VERSION));
    LEGAL.put(
        State.AUTHENTICATION,
        EnumSet.of(
            Kind.AUTHENTICATE,
            Kind.RESPONSE,
            Kind.LONG_RESPONSE,
            Kind.ACT_FOR,
            Kind.BAD_SCOPE,
            Kind.PING));
    LEGAL.put(
        State.READY,
        EnumSet.of(
            Kind.RUN,
            Kind.SERVER_RUN,
            Kind.LIST,
            Kind.CLOCK,
            Kind.INPUT,
            Kind.CANCEL,
            Kind.PING,
            Kind.ACT_FOR,
            Kind.BAD_SCOPE));
  }

  /** Nothing can be sent. */
  static final class BrokenException extends Exception {}

  /** The peer breaks the protocol. */
  private static final class BreachException extends Exception {
    BreachException(String text) {
      super(text);
    }
  }

  /** Something to be done in its turn. */
  private interface Work {
    void run() throws BrokenException;
  }

  /**
   * What waits.
   *
   * @param work null for a request of a user
   * @param request null for anything else
   */
  private record Item(Work work, RequestModel request) {}

  /** What is sent, in words. */
  final List<String> sent = new ArrayList<>();

  /** Of each step, in the order in which they came, whether it was done. */
  final ArrayDeque<Boolean> decisions = new ArrayDeque<>();

  boolean isTransportClosed;
  long done;
  long failed;

  private final boolean known;
  private final boolean trusted;
  private final int together;
  private State state = State.HELLO;
  private final ArrayDeque<Item> queue = new ArrayDeque<>();
  private final Map<Integer, RequestModel> requests = new HashMap<>();
  private final LoginModel login = new LoginModel(this);
  private boolean broken;
  private boolean rejecting;

  /** Whether a thread works, or is about to. */
  private boolean scheduled;

  private boolean inputEnded;

  /**
   * @param known whether the transport has authenticated the peer
   * @param trusted whether the peer is the server of a worker process
   * @param together how many requests for users are taken at once
   */
  LaneModel(boolean known, boolean trusted, int together) {
    this.known = known;
    this.trusted = trusted;
    this.together = together;
    add(() -> send("Hello" + (known ? " m" : "") + (trusted ? " ping" : "")));
  }

  /** A step that is illegal is done by a peer that is daring only. */
  void take(LaneStep step) {
    boolean isDone = !step.kind().isPeers() || isLegal(step) || step.isDaring();
    decisions.add(isDone);
    if (isDone) {
      play(step);
    }
  }

  private boolean isLegal(LaneStep step) {
    if (state == State.CLOSED) {
      return true;
    }
    RequestModel request = requests.get(step.id());
    return LEGAL.get(state).contains(step.kind())
        && switch (step.kind()) {
          case AUTHENTICATE, RUN, SERVER_RUN, LIST, CLOCK -> request == null;
          case RESPONSE -> login.isUnderWay(step.id());
          case INPUT -> request == null || !request.isRead() || request.wantsMore();
          case ACT_FOR, PING -> trusted;
          case HELLO, CANCEL -> true;
          default -> false;
        };
  }

  private void play(LaneStep step) {
    switch (step.kind()) {
      case WORK -> work();
      case CANCEL_ALL -> cancelAll();
      case BREAK -> broken = true;
      case REJECT -> rejecting = true;
      case INPUT_ENDED -> inputEnded();
      case CLOSED -> closed();
      case BURST -> {
        for (int i = 0; i <= Limits.MAX_PIPELINED; i++) {
          receive(new LaneStep(Kind.RUN, 1000 + i, LaneStep.Deed.NOTHING.ordinal(), List.of()));
        }
      }
      default -> receive(step);
    }
  }

  /** The connection ends. */
  void end() {
    work();
    closed();
    work();
  }

  /** A peer that has ended its stream sends nothing more. */
  private void receive(LaneStep step) {
    if (state == State.CLOSED || inputEnded) {
      return;
    }
    try {
      if (step.kind() == Kind.FAULT) {
        closed();
        isTransportClosed = true;
        return;
      }
      if (!LEGAL.get(state).contains(step.kind())) {
        throw new BreachException("out of order: the lane expects " + state);
      }
      accept(step);
    } catch (BreachException e) {
      fault(e.getMessage());
    }
  }

  private void accept(LaneStep step) throws BreachException {
    switch (step.kind()) {
      case HELLO -> state = known ? State.READY : State.AUTHENTICATION;
      case OTHER_VERSION -> throw new BreachException("version 2 is not supported, only 1");
      case LONG_RESPONSE -> throw new BreachException("longer than any mechanism has");
      case AUTHENTICATE -> {
        RequestModel request = admit(step);
        add(
            () -> {
              login.begin(step);
              requests.remove(step.id(), request);
            });
      }
      case RESPONSE -> {
        checkRoom();
        add(() -> login.respond(step));
      }
      case ACT_FOR, BAD_SCOPE -> {
        onlyFromAServer();
        if (step.kind() == Kind.BAD_SCOPE) {
          throw new BreachException("scope");
        }
        state = State.READY;
        add(() -> {});
      }
      case RUN -> add(new Item(null, admit(step)));
      case SERVER_RUN -> {
        RequestModel request = admit(step);
        add(() -> end(request, request.cancelled ? Outcome.CANCELLED : Outcome.USAGE));
      }
      case LIST -> {
        RequestModel request = admit(step);
        add(() -> list(request));
      }
      case CLOCK -> {
        RequestModel request = admit(step);
        add(() -> end(request, Outcome.OK));
      }
      case INPUT -> input(step);
      case CANCEL -> {
        if (requests.containsKey(step.id())) {
          requests.get(step.id()).cancelled = true;
        }
      }
      case PING -> {
        onlyFromAServer();
        if (!broken) {
          sent.add("Alive");
        }
      }
      default -> throw new AssertionError(step);
    }
  }

  private void onlyFromAServer() throws BreachException {
    if (!trusted) {
      throw new BreachException("is not for a worker");
    }
  }

  private RequestModel admit(LaneStep step) throws BreachException {
    checkRoom();
    RequestModel request = new RequestModel(step);
    if (requests.putIfAbsent(step.id(), request) != null) {
      throw new BreachException("request id " + step.id() + " is in use");
    }
    return request;
  }

  private void checkRoom() throws BreachException {
    if (requests.size() >= Limits.MAX_PIPELINED || queue.size() > Limits.MAX_PIPELINED) {
      throw new BreachException("too many requests are waiting");
    }
  }

  private void input(LaneStep step) throws BreachException {
    RequestModel request = requests.get(step.id());
    if (request == null || !request.isRead()) {
      return; // it has ended, or reads no more
    }
    if (!request.wantsMore()) {
      throw new BreachException("that was not wanted");
    }
    request.take(step);
  }

  /** The peer has broken the protocol. */
  void fault(String text) {
    if (state == State.CLOSED) {
      return;
    }
    state = State.CLOSED;
    cancelAll();
    add(
        () -> {
          send("Fault " + text);
          isTransportClosed = true;
        });
  }

  private void inputEnded() {
    inputEnded = true;
    requests.values().forEach(request -> request.laneEnded = true);
    add(
        () -> {
          check();
          isTransportClosed = true;
        });
  }

  private void closed() {
    state = State.CLOSED;
    cancelAll();
    queue.clear();
  }

  private void cancelAll() {
    requests.values().forEach(request -> request.cancelled = true);
  }

  private void brokeOff() {
    closed();
    isTransportClosed = true;
  }

  private void add(Work work) {
    add(new Item(work, null));
  }

  private void add(Item item) {
    queue.add(item);
    if (!scheduled && rejecting) {
      brokeOff();
    } else {
      scheduled = true;
    }
  }

  private void check() throws BrokenException {
    if (broken) {
      throw new BrokenException();
    }
  }

  /** The peer has logged in. */
  void ready() {
    state = state == State.CLOSED ? state : State.READY;
  }

  void send(String what) throws BrokenException {
    check();
    sent.add(what);
  }

  private void work() {
    try {
      while (!queue.isEmpty()) {
        if (queue.element().request() == null) {
          queue.remove().work().run();
        } else {
          run(batch());
        }
        if (trusted || queue.isEmpty()) {
          check();
        }
      }
      scheduled = false;
    } catch (BrokenException e) {
      scheduled = false;
      brokeOff();
    }
  }

  private List<RequestModel> batch() {
    List<RequestModel> batch = new ArrayList<>();
    do {
      batch.add(queue.remove().request());
    } while (batch.size() < together && !queue.isEmpty() && queue.element().request() != null);
    return batch;
  }

  /** Requests that are taken at once are looked at before the first of them is begun. */
  private void run(List<RequestModel> batch) throws BrokenException {
    List<RequestModel> good = new ArrayList<>();
    for (RequestModel each : batch) {
      Outcome bad = each.refusal();
      if (bad == null) {
        good.add(each);
      } else {
        carryOut(good);
        end(each, bad);
      }
    }
    carryOut(good);
  }

  private void carryOut(List<RequestModel> good) throws BrokenException {
    for (RequestModel each : good) {
      end(each, each.cancelled ? Outcome.CANCELLED : outcome(each));
    }
    good.clear();
  }

  private void list(RequestModel request) throws BrokenException {
    if (request.cancelled) {
      end(request, Outcome.CANCELLED);
      return;
    }
    send("Columns " + request.step.id());
    send("Row " + request.step.id());
    send("Row " + request.step.id());
    end(request, Outcome.OK);
  }

  private void end(RequestModel request, Outcome outcome) throws BrokenException {
    requests.remove(request.step.id(), request);
    done++;
    failed += outcome.isOk() ? 0 : 1;
    send("Done " + request.step.id() + " " + outcome);
  }

  private Outcome outcome(RequestModel request) throws BrokenException {
    LaneStep step = request.step;
    ArrayDeque<LaneStep> during = new ArrayDeque<>(step.during());
    if (step.deed().reads()) {
      Outcome unread = read(request, during);
      request.closed = true;
      if (unread != null) {
        return unread;
      }
    }
    during.forEach(this::take);
    if (request.cancelled) {
      return Outcome.CANCELLED;
    }
    if (step.deed() == LaneStep.Deed.ROWS) {
      send("Columns " + step.id());
      send("Row " + step.id());
      send("Row " + step.id());
    }
    return switch (step.deed()) {
      case FAILURE -> Outcome.NOT_FOUND;
      case BUG -> Outcome.TEMPORARY_FAILURE;
      default -> Outcome.OK;
    };
  }

  /** Why the input could not be read; null when it could. */
  private Outcome read(RequestModel request, ArrayDeque<LaneStep> during) {
    while (true) {
      if (request.step.deed() == LaneStep.Deed.READ_A_BYTE && request.bytes > 0) {
        return null;
      }
      request.bytes = 0;
      if (request.ended) {
        return null;
      }
      if (request.wanted == 0) {
        request.wanted = Limits.MAX_WANTED;
        if (broken) {
          return Outcome.TEMPORARY_FAILURE;
        }
        sent.add("Wanted " + request.step.id() + " " + Limits.MAX_WANTED);
        feed(request, during);
        if (broken) { // what was said is not passed on any more
          return Outcome.TEMPORARY_FAILURE;
        }
      }
      if (request.cancelled) {
        return Outcome.CANCELLED;
      }
      if (request.bytes == 0 && !request.ended && request.laneEnded) {
        return Outcome.TEMPORARY_FAILURE;
      }
    }
  }

  /** The peer sends what is wanted, as far as it has any; then it gives up. */
  private void feed(RequestModel request, ArrayDeque<LaneStep> during) {
    while (request.wanted > 0 && !request.ended && !request.laneEnded && !request.cancelled) {
      take(
          during.isEmpty()
              ? new LaneStep(Kind.CANCEL, request.step.id(), 0, List.of())
              : during.remove());
    }
    while (!during.isEmpty() && isSurplus(during.element(), request.step.id())) {
      take(during.remove());
    }
  }

  /** Whether a peer that has sent all that was wanted sends this nevertheless. */
  static boolean isSurplus(LaneStep step, int id) {
    return step.kind() == Kind.INPUT && step.id() == id && step.isSurplus();
  }
}
