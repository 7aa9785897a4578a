package org.doveadmsshd.worker;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.MessageSink;
import org.doveadmsshd.worker.audit.Audit;
import org.doveadmsshd.worker.audit.AuditEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests that are carried out together for one master, and how each ends: accounted for, with one
 * DONE. One thread.
 */
final class Accounting implements UserWork.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Accounting.class);

  /** The text of a request may be as long as a frame. */
  private static final int MAX_TEXT = 1000;

  private static final int MAX_NAME = 255;

  /** Work that has been done is accounted for in any case. */
  private static final RequestControl UNSTOPPED = new RequestControl();

  private final Master master;
  private final Audit audit;
  private final ArrayDeque<UserWork.Order> open = new ArrayDeque<>();
  private long begun;

  /** Whether an end could not be told: nothing more can be. */
  private boolean broken;

  Accounting(Master master, Audit audit) {
    this.master = master;
    this.audit = audit;
  }

  /** The master who has asked, with the rules of the scope that are in force. */
  Master master() {
    return master;
  }

  /** For the log: what a request is. */
  String text(Message.Run run) {
    String user = Printable.line(run.user(), MAX_NAME);
    String command = Printable.line(run.command(), MAX_NAME);
    return "%s%s, asked for by %s"
        .formatted(command, user.isEmpty() ? "" : " for " + user, master.name());
  }

  void begin(Message.Run run, RequestControl control) {
    begun = System.nanoTime();
    control.begin(run.deadlineMillis());
  }

  /** An order that is to be carried out after those before it. */
  void open(UserWork.Order order) {
    open.add(order);
  }

  /** Carries out the open orders; each ends, also when its work fails. */
  void carryOut(UserWork work) throws IOException {
    if (open.isEmpty()) {
      return;
    }
    UserWork.Order first = open.element();
    Optional<Failure> fault =
        FaultBarrier.run(
            () -> text(first.request()),
            first.control(),
            () -> broken || open.stream().anyMatch(order -> order.output().isBroken()),
            () -> work.run(List.copyOf(open), this));
    while (fault.isPresent() && !open.isEmpty()) {
      ended(open.element(), fault.get());
    }
  }

  @Override
  public void begun(UserWork.Order order) {
    begin(order.request(), order.control());
  }

  @Override
  public void ended(UserWork.Order order, Failure failure) throws IOException {
    open.remove(); // each is worked on in its turn
    RequestOutput output = order.output();
    broken = true;
    if (failure == null) {
      end(order.request(), output.sink(), output.counts(), output.firstFailure());
    } else {
      end(order.request(), output.sink(), Map.of(), failure);
    }
    broken = false;
  }

  /**
   * Accounts for a request, and says how it has ended.
   *
   * @param failure null when all went well
   */
  void end(Message.Run run, MessageSink sink, Map<String, Long> counts, Failure failure)
      throws IOException {
    end(
        done -> audit.note(AuditEvent.user(master, run, done)),
        () -> text(run),
        told -> done(run.requestId(), told, counts, begun),
        failure,
        sink);
  }

  /** Writes a line of the audit log. */
  @FunctionalInterface
  interface Note {
    void of(Message.Done done) throws Failure;
  }

  /**
   * Writes the audit line of a request, and sends its DONE.
   *
   * @param what it was, for the log
   * @param ending makes a DONE of a failure, or of null when all went well
   */
  static void end(
      Note note,
      Supplier<String> what,
      Function<Failure, Message.Done> ending,
      Failure failure,
      MessageSink sink)
      throws IOException {
    if (failure != null && failure.getCause() != null) {
      LOG.info("{}: {}", what.get(), Reason.full(failure));
    }
    Message.Done done = ending.apply(failure);
    Optional<Failure> unaccounted =
        FaultBarrier.run(
            () -> "Accounting for " + what.get(), UNSTOPPED, () -> false, () -> note.of(done));
    boolean isTold = failure != null || unaccounted.isEmpty();
    sink.send(isTold ? done : ending.apply(unaccounted.get()));
  }

  /** How a request has ended. */
  static Message.Done done(
      int requestId, Failure failure, Map<String, Long> counts, long begunNanos) {
    return new Message.Done(
        requestId,
        failure == null ? Outcome.OK : failure.outcome(),
        failure == null ? "" : shortened(failure.getMessage()),
        counts,
        (System.nanoTime() - begunNanos) / 1000);
  }

  private static String shortened(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
  }
}
