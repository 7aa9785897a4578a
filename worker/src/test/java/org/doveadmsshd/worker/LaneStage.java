package org.doveadmsshd.worker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.Extension;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.MessageSink;
import org.doveadmsshd.protocol.Value;
import org.doveadmsshd.worker.audit.Audit;

/**
 * A lane on which steps are played. One thread does everything: the lane's work is done when a step
 * says so, and what happens during it happens where a request begins or waits for its input.
 */
final class LaneStage implements MessageSink, Executor, UserWork {
  private static final Master MASTER = new Master("m", Scope.UNLIMITED, Login.NONE);

  /** Always enough for as many pieces as may be wanted. */
  private static final long MEMORY = 64L * 1024 * 1024;

  /** What was sent, in words. */
  final List<String> sent = new ArrayList<>();

  boolean isTransportClosed;

  /** What cannot be, whatever was played; null when nothing was. */
  String impossible;

  private final ArrayDeque<Boolean> decisions;
  private final MemoryBudget budget = new MemoryBudget(MEMORY);
  private final ArrayDeque<Runnable> jobs = new ArrayDeque<>();
  private final List<LaneStep> asked = new ArrayList<>();
  private final int together;
  private final LaneSession lane;
  private ArrayDeque<LaneStep> during = new ArrayDeque<>();
  private Order reading;
  private boolean broken;
  private boolean rejecting;
  private boolean inputEnded;
  private int awaitingRoom;

  /**
   * As for the model.
   *
   * @param decisions of each step that comes, whether it is done; then all are
   */
  LaneStage(boolean known, boolean trusted, int together, ArrayDeque<Boolean> decisions) {
    this.decisions = decisions;
    this.together = together;
    Worker worker =
        new Worker(
            new TwoUsers(),
            this,
            (master, input, output) -> {
              throw new Failure(Outcome.USAGE, "no server here");
            },
            Audit.NONE);
    LanePeer peer =
        new LanePeer(
            () -> known ? Optional.of(MASTER) : Optional.empty(),
            Optional.empty(),
            "",
            LoginGuard.NONE,
            trusted);
    lane =
        new LaneSession(
            Workers.always(worker),
            new ScriptedMasters(MASTER),
            peer,
            this,
            new LaneSession.Transport(this, () -> isTransportClosed = true, budget.all(), trusted),
            "test");
    lane.start();
  }

  @Override
  public void execute(Runnable job) {
    if (rejecting) {
      throw new RejectedExecutionException();
    }
    jobs.add(job);
  }

  @Override
  public void send(Message message) throws IOException {
    flush();
    sent.add(words(message));
    if (message instanceof Message.Wanted) {
      feed(((Message.Wanted) message).pieces());
    }
  }

  @Override
  public void flush() throws IOException {
    if (broken) {
      throw new IOException("nothing can be sent any more");
    }
  }

  private static String words(Message message) {
    String name = message.getClass().getSimpleName();
    if (message instanceof Message.Hello) {
      Message.Hello hello = (Message.Hello) message;
      return name
          + hello.master().map(master -> " " + master).orElse("")
          + (hello.extensions().contains(Extension.PING) ? " ping" : "");
    }
    if (message instanceof Message.Fault) {
      return name + " " + ((Message.Fault) message).text();
    }
    if (message instanceof Message.Alive) {
      return name;
    }
    if (message instanceof Message.Wanted) {
      return name + " " + message.requestId() + " " + ((Message.Wanted) message).pieces();
    }
    if (message instanceof Message.Done) {
      return name + " " + message.requestId() + " " + ((Message.Done) message).outcome();
    }
    return name + " " + message.requestId();
  }

  /** Returns whether it was done. */
  boolean take(LaneStep step) {
    boolean isDone = decisions.isEmpty() || decisions.remove();
    if (isDone) {
      play(step);
    }
    return isDone;
  }

  private void play(LaneStep step) {
    switch (step.kind()) {
      case WORK -> work();
      case CANCEL_ALL -> lane.cancel();
      case BREAK -> broken = true;
      case REJECT -> rejecting = true;
      case INPUT_ENDED -> {
        inputEnded = true;
        lane.inputEnded();
      }
      case CLOSED -> lane.closed();
      case BURST -> {
        for (int i = 0; i <= Limits.MAX_PIPELINED; i++) {
          receive(
              new LaneStep(
                  LaneStep.Kind.RUN, 1000 + i, LaneStep.Deed.NOTHING.ordinal(), List.of()));
        }
      }
      default -> receive(step);
    }
  }

  /** A peer that has ended its stream sends nothing more. */
  private void receive(LaneStep step) {
    if (!inputEnded) {
      lane.receive(message(step));
      awaitingRoom++;
      lane.whenRoom(() -> awaitingRoom--);
    }
  }

  private void work() {
    for (Runnable job; (job = jobs.poll()) != null; ) {
      job.run();
    }
  }

  /** The connection ends; what is left over then is a fault. */
  void end() {
    work();
    lane.closed();
    work();
    if (budget.all().held() != 0) {
      impossible = budget.all().held() + " bytes are held for a lane that has ended";
    } else if (awaitingRoom != 0) {
      impossible = "the transport waits for room on a lane that has ended";
    } else if (lane.isBusy()) {
      impossible = "a lane that has ended is busy";
    }
  }

  long done() {
    return lane.done();
  }

  long failed() {
    return lane.failed();
  }

  private Message message(LaneStep step) {
    int id = step.id();
    return switch (step.kind()) {
      case HELLO -> new Message.Hello(Limits.VERSION, "p", Optional.empty(), List.of());
      case OTHER_VERSION -> new Message.Hello(2, "p", Optional.empty(), List.of());
      case AUTHENTICATE ->
          new Message.Authenticate(id, ScriptedMasters.mechanism(step), proof(step));
      case RESPONSE -> new Message.Response(id, proof(step));
      case LONG_RESPONSE -> new Message.Response(id, new byte[16 * 1024 + 1]);
      case ACT_FOR -> new Message.ActFor("m", List.of("allow\tuser=*"));
      case BAD_SCOPE -> new Message.ActFor("m", List.of("perhaps\tuser=*"));
      case RUN -> run(step);
      case SERVER_RUN -> new Message.Run(id, "", "reload", List.of(), 0, 0, false);
      case LIST -> new Message.ListUsers(id, "*");
      case INPUT -> new Message.Input(id, step.isLast(), ByteBuffer.allocate(step.size()));
      case CLOCK -> new Message.Clock(id);
      case CANCEL -> new Message.Cancel(id);
      case PING -> new Message.Ping();
      case NOT_FOR_A_WORKER -> new Message.Done(id, Outcome.OK, "", Map.of(), 0);
      case FAULT -> new Message.Fault("you are wrong");
      default -> throw new AssertionError(step);
    };
  }

  private static byte[] proof(LaneStep step) {
    return new byte[] {(byte) step.proof().ordinal()};
  }

  private Message run(LaneStep step) {
    asked.add(step);
    String user = step.deed() == LaneStep.Deed.NO_NAME ? "\n" : "u" + (asked.size() - 1);
    String command = step.deed() == LaneStep.Deed.MISTAKE ? "expunge" : "search";
    return new Message.Run(step.id(), user, command, List.of("all"), 0, 0, false);
  }

  @Override
  public int together() {
    return together;
  }

  @Override
  public void run(List<Order> orders, Listener listener) throws IOException {
    for (Order order : orders) {
      listener.begun(order);
      LaneStep step = asked.get(Integer.parseInt(order.request().user().substring(1)));
      Optional<Failure> failure =
          FaultBarrier.run(
              order::text,
              order.control(),
              order.output()::isBroken,
              () -> {
                order.control().check();
                carryOut(order, step);
              });
      listener.ended(order, failure.orElse(null));
    }
  }

  private void carryOut(Order order, LaneStep step) throws Failure, IOException {
    during = new ArrayDeque<>(step.during());
    if (step.deed().reads()) {
      reading = order;
      try (InputStream in = order.input().open()) {
        if (step.deed() == LaneStep.Deed.READ_ALL) {
          in.readAllBytes();
        } else {
          in.read(new byte[1]);
        }
      }
    }
    while (!during.isEmpty()) {
      take(during.remove());
    }
    order.control().check();
    switch (step.deed()) {
      case ROWS -> {
        order.output().row(null, List.of(Value.of("g"), Value.of(1)));
        order.output().row(null, List.of(Value.of("g"), Value.of(2)));
      }
      case FAILURE -> throw new Failure(Outcome.NOT_FOUND, "there is none");
      case BUG -> throw new IllegalStateException("a fault");
      default -> {}
    }
  }

  /** The peer sends what is wanted, as far as it has any; then it gives up. */
  private void feed(int wanted) {
    int id = reading.request().requestId();
    int left = wanted;
    while (left > 0 && !inputEnded && !reading.control().isCancelled()) {
      LaneStep next =
          during.isEmpty() ? new LaneStep(LaneStep.Kind.CANCEL, id, 0, List.of()) : during.remove();
      if (take(next) && next.kind() == LaneStep.Kind.INPUT && next.id() == id) {
        left = next.isLast() ? 0 : left - 1;
      }
    }
    while (!during.isEmpty() && LaneModel.isSurplus(during.element(), id)) {
      take(during.remove());
    }
  }
}
