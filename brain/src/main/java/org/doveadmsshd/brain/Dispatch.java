package org.doveadmsshd.brain;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.journal.UserEnd;
import org.doveadmsshd.protocol.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the users of a run to servers, and decides what becomes of each. Only the dispatch says
 * that a user has come to the end. Safe for several threads.
 */
final class Dispatch {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatch.class);
  private static final int ATTEMPTS = 2;

  private final CommandRequest request;
  private final Printer printer;
  private final Reporter reporter;
  private final RunJournal journal;
  private final List<RunListener> listeners;
  private final Executor executor;
  private final Patience patience;
  private final ServerQueues queues;
  private final Admission admission;
  private final long mostFailures;
  private final Set<Assignment> open = ConcurrentHashMap.newKeySet();
  private final ServersInUse inUse;
  private final LeavingServers leaving;

  private final AtomicLong assigned = new AtomicLong();

  /** Assignments that have not ended, and one more while users may still be added. */
  private final AtomicLong outstanding = new AtomicLong(1);

  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean fed;

  /** Whether no further user is begun. */
  private volatile boolean stopped;

  private final RunClock clock;
  private volatile IOException broken;

  /**
   * @param listeners hear of users, the first one first
   * @param executor runs what may block
   * @param canary decides whether others follow
   */
  Dispatch(
      CommandRequest request,
      Printer printer,
      Reporter reporter,
      List<RunListener> listeners,
      RunJournal journal,
      List<Server> servers,
      Executor executor,
      Patience patience,
      Canary canary) {
    this.request = request;
    this.printer = printer;
    this.reporter = reporter;
    this.journal = journal;
    this.listeners = new CopyOnWriteArrayList<>(listeners);
    this.executor = executor;
    this.patience = patience;
    this.clock = new RunClock(request.invocation().runDeadline(), patience);
    this.inUse = new ServersInUse(request.invocation().command().manual().isPerUser());
    Flow flow = request.invocation().flow();
    admission =
        new Admission(flow, journal.counted(), (canaries, bad) -> decide(canary, canaries, bad));
    mostFailures = flow.mostFailures().orElse(Long.MAX_VALUE);
    queues =
        new ServerQueues(
            servers,
            request.invocation(),
            reporter,
            printer.memory(),
            executor,
            this::isOver,
            new Work());
    leaving = new LeavingServers(inUse, queues, reporter, executor, new Leavers());
  }

  /** Nobody follows the canaries either when it cannot be decided, as the terminal is gone. */
  private void decide(Canary canary, long canaries, long bad) throws IOException {
    boolean goesOn = false;
    try {
      goesOn = canary.goesOn(canaries, bad);
    } finally {
      if (!goesOn) {
        beginNoMore();
      }
    }
  }

  /** Has somebody else hear of users, behind all others. */
  void tell(RunListener listener) {
    listeners.add(listener);
  }

  CommandRequest request() {
    return request;
  }

  Printer printer() {
    return printer;
  }

  Reporter reporter() {
    return reporter;
  }

  /** How many users may begin. */
  Pace pace() {
    return queues.pace();
  }

  /** Whether no further user of those that are found will be in the run. */
  boolean isFull() {
    return admission.isFull(assigned());
  }

  /** Whether an earlier run has left nothing to do of users that have been named. */
  boolean hasLeftAny() {
    return journal.left() > 0;
  }

  /** How many users have been found so far. */
  long assigned() {
    return assigned.get();
  }

  /**
   * Adds a user; waits while the queue of the first server is full, and where there are others, no
   * memory is left either.
   *
   * @param route the servers that may have the user; none when no server is meant for the user
   */
  void assign(String user, Route route) throws InterruptedException, IOException {
    if (enters(user, first(route))) {
      assignEntered(user, route);
      endWhenFull();
    }
  }

  private boolean enters(String user, String server) throws InterruptedException, IOException {
    return journal.wants(user, server) && admission.enters(journal.isCounted(user, server));
  }

  /** All are in: nobody waits for the rest of a list. */
  private void endWhenFull() {
    if (admission.isFull(assigned())) {
      fed();
    }
  }

  private void assignEntered(String user, Route route) throws InterruptedException, IOException {
    String server = first(route);
    if (route.isNowhere()) {
      end(user, server, Outcome.NO_USER, route.why());
      return;
    }
    if (stopped) {
      end(user, server, Outcome.NOT_BEGUN, Endings.NOT_BEGUN);
      return;
    }
    Optional<Failure> unused = inUse.whyNot(route.servers());
    Route used = unused.isPresent() ? inUse.of(route) : route;
    if (used.isNowhere()) {
      refuseEntered(user, server, unused.orElseThrow());
      return;
    }
    if (!joins()) {
      return;
    }
    long sequence = assigned.getAndIncrement();
    Assignment assignment = new Assignment(this, sequence, user, used, unused.orElse(null));
    open.add(assignment);
    if (!queues.put(assignment)) {
      end(assignment);
    }
  }

  /** The servers of a route that are used now. */
  Route used(Route route) {
    return inUse.of(route);
  }

  /** Adds a user of whom it cannot be said where he is, and ends him with that. */
  void refuse(String user, Failure failure) throws InterruptedException, IOException {
    if (enters(user, "")) {
      refuseEntered(user, "", failure);
      endWhenFull();
    }
  }

  private void refuseEntered(String user, String server, Failure failure) throws IOException {
    end(user, server, failure.outcome(), failure.getMessage());
  }

  private static String first(Route route) {
    return route.isNowhere() ? "" : route.servers().get(0).name();
  }

  /** Counts one more user; false when the run has come to its end while he was being named. */
  private boolean joins() {
    return outstanding.getAndUpdate(others -> others == 0 ? 0 : others + 1) > 0;
  }

  /** Ends a user that is given to no server. */
  private void end(String user, String server, Outcome outcome, String text) throws IOException {
    if (!joins()) {
      return;
    }
    long sequence = assigned.getAndIncrement();
    UserEnd end = UserEnd.unasked(sequence, user, server, outcome, text);
    try {
      printer.finished(sequence, user, List.of(), 0);
    } finally {
      tell(end);
    }
  }

  /** Hears of the servers' work. */
  private final class Work implements ServerQueues.Listener {
    @Override
    public void unavailable(Server server, UserQueue queue, Failure why) {
      leaveUnavailable(server, queue, why);
    }

    @Override
    public void said(String what) {
      try {
        reporter.log("", Message.Log.Level.WARNING, what);
      } catch (IOException e) {
        broken(null, e);
      }
    }
  }

  /** The server works on no more users: those in its queue go to another server, or fail. */
  private void leaveUnavailable(Server server, UserQueue queue, Failure failure) {
    try {
      if (!isCancelled()) { // else it was stopped here
        reporter.unavailable(failure);
      }
      for (Assignment next; (next = queue.takeUnbegun()) != null; ) {
        boolean ofUser = !next.user().isEmpty();
        goElsewhere(
            next,
            failure,
            ofUser ? "Server " + server.name() + " is not available" : failure.getMessage());
      }
    } catch (IOException e) {
      broken(null, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      cancel();
    }
  }

  /** Has a user go to his next server, or end, if there is none, for a reason. */
  private void goElsewhere(Assignment assignment, Failure failure, String why) throws IOException {
    Route further = inUse.of(assignment.route().further());
    if (isCancelled()) {
      end(assignment);
    } else if (further.isNowhere()) {
      assignment.fail(Endings.outcome(failure), why);
    } else {
      add(assignment, further, failure, assignment.attempts());
    }
  }

  /** Hears of users who wait for a server that is not used any more. */
  private final class Leavers implements LeavingServers.Waiting {
    @Override
    public void leaves(Assignment assignment, Optional<Failure> why) throws IOException {
      if (why.isPresent()) {
        goElsewhere(assignment, why.get(), why.get().getMessage());
      } else {
        enqueue(assignment);
      }
    }

    @Override
    public void broken(IOException e) {
      Dispatch.this.broken(null, e);
    }
  }

  /** The servers that are asked next, when this one does not know the user; nothing at the end. */
  Optional<Route> elsewhere(Assignment assignment, Message.Done result) {
    Route further = inUse.of(assignment.route().further());
    boolean ends = result.outcome() != Outcome.NO_USER || further.isNowhere() || isCancelled();
    return ends ? Optional.empty() : Optional.of(further);
  }

  /** Has the next server asked for a user; nothing waits of what this one has said of him. */
  void askNext(Assignment assignment, Route next) throws IOException {
    add(assignment, next, assignment.unavailable(), assignment.earlierAttempts());
  }

  private void add(Assignment earlier, Route route, Failure unavailable, int attempts)
      throws IOException {
    Assignment next = new Assignment(this, earlier.sequence(), earlier.user(), route, unavailable);
    next.countEarlier(attempts);
    open.remove(earlier);
    open.add(next);
    enqueue(next);
  }

  private void enqueue(Assignment assignment) throws IOException {
    if (!queues.add(assignment)) {
      end(assignment);
    }
  }

  /** The run is stopped, and no worker has the user. */
  private static void end(Assignment assignment) throws IOException {
    Message.Done done = Endings.stopped(assignment.attempts());
    assignment.fail(done.outcome(), done.text());
  }

  /** Called by an assignment at its end, once for each user. */
  void ended(Assignment assignment, Message.Done result) throws IOException {
    open.remove(assignment);
    boolean unknown = result.outcome() == Outcome.NO_USER;
    tell(assignment.ended(unknown ? unknown(assignment, result) : result));
  }

  /** What it means that the server that was asked last does not know a user. */
  private Message.Done unknown(Assignment assignment, Message.Done result) {
    if (isCancelled() && !inUse.of(assignment.route().further()).isNowhere()) {
      return Endings.stopped(assignment.earlierAttempts());
    }
    Failure unavailable = assignment.unavailable();
    return unavailable == null
        ? result
        : Endings.done(Endings.outcome(unavailable), "No server that answers knows this user");
  }

  private void tell(UserEnd end) throws IOException {
    try {
      for (RunListener listener : listeners) {
        listener.ended(end);
      }
      admission.ended(end);
      stopAfterFailures();
    } finally {
      endOne();
    }
  }

  private void stopAfterFailures() throws IOException {
    if (reporter.failedUsers() >= mostFailures && beginNoMore()) {
      reporter.failed(
          Outcome.NOT_BEGUN,
          "Users have failed as often as --stop-after-failures allows; no further user was begun");
    }
  }

  private void endOne() {
    if (outstanding.decrementAndGet() == 0) {
      queues.close();
      ended.countDown();
    }
  }

  /**
   * A lane is lost: what it had not finished is tried on another one, or fails.
   *
   * @param unseen whether nothing of it has been printed
   */
  void lost(Assignment assignment, String why, boolean unseen) throws IOException {
    boolean harmless = request.isRepeatable() && unseen;
    if (isCancelled() && harmless) {
      end(assignment);
    } else if (!harmless) {
      assignment.fail(Outcome.UNKNOWN, why + doubt());
    } else if (assignment.attempts() < ATTEMPTS) {
      enqueue(assignment);
    } else {
      assignment.fail(Outcome.TEMPORARY_FAILURE, why);
    }
  }

  private String doubt() {
    return request.isRepeatable() ? "" : "; it may have been done all the same";
  }

  /** A lane is lost before it has told a worker of the user: that was no attempt. */
  void returned(Assignment assignment) throws IOException {
    enqueue(assignment);
  }

  /** No more users will be added. */
  void fed() {
    synchronized (this) {
      if (fed) {
        return;
      }
      fed = true;
    }
    endOne();
  }

  /** Whether all users have been added. */
  boolean isFed() {
    return fed;
  }

  /** Waits until all users have come to the end; false if that takes longer. */
  boolean awaitEnd(long millis) throws InterruptedException {
    return ended.await(millis, TimeUnit.MILLISECONDS);
  }

  /**
   * Leaves servers that are not used any more; gives up workers that should have ended long ago;
   * stops a run whose time is over.
   */
  void watch() throws IOException {
    leaving.look();
    if (clock.expires()) {
      cancel();
    }
    boolean late = clock.isLate();
    long deadline = TimeUnit.MILLISECONDS.toNanos(request.deadlineMillis());
    if (!late && deadline == 0 && !inUse.hasLeftAny()) {
      return;
    }
    Outcome stopped = request.isRepeatable() ? Outcome.CANCELLED : Outcome.UNKNOWN;
    for (Assignment each : List.copyOf(open)) {
      if (late || inUse.hasLeft(each.server(), patience.stop())) {
        each.giveUpAfter(0, stopped, "Did not stop in time" + doubt());
      } else if (deadline > 0) {
        each.giveUpAfter(
            deadline + patience.grace().toNanos(),
            Outcome.TIMED_OUT,
            "The worker does not answer; what was done until then stays done");
      }
    }
  }

  /**
   * Stops: users under way end at their next checkpoint, others are not begun. The caller, which
   * may be a thread of the transport, never waits for the output: another thread ends the users
   * that were not begun.
   */
  void cancel() {
    clock.stop();
    beginNoMore();
    admission.open();
    fed();
    queues.cancel();
  }

  /**
   * Begins no further user: those under way come to their end, and those who are still named end
   * here. The caller never waits for the output, as with {@link #cancel}.
   *
   * @return false when that has been said before
   */
  private boolean beginNoMore() {
    synchronized (this) {
      if (stopped) {
        return false;
      }
      stopped = true;
    }
    List<Assignment> waiting = queues.stop();
    if (!waiting.isEmpty()) {
      executor.execute(() -> drop(waiting));
    }
    return true;
  }

  private boolean isOver() {
    return ended.getCount() == 0 || isCancelled();
  }

  boolean isCancelled() {
    return clock.isStopped();
  }

  /** Whether it was stopped because its time was over. */
  boolean isExpired() {
    return clock.hasExpired();
  }

  /** Ends users that were not begun; waits while the client does not read the output. */
  private void drop(List<Assignment> waiting) {
    for (Assignment each : waiting) {
      try {
        end(each);
      } catch (IOException e) {
        broken = e; // the rest ends all the same
      }
    }
  }

  /**
   * The output is gone; nothing more can be delivered.
   *
   * @param assignment whose output it was; null for none
   */
  void broken(Assignment assignment, IOException e) {
    broken = e;
    printer.relax();
    boolean mine = assignment != null && open.remove(assignment);
    cancel();
    if (mine) {
      try {
        tell(assignment.ended(Endings.done(Outcome.CANCELLED, "The output broke off")));
      } catch (IOException gone) {
        LOG.debug("The end of a user whose output is gone cannot be told", gone);
      }
    }
  }

  /** Why the run has broken off; null when it has not. */
  IOException broken() {
    return broken;
  }

  /** Ends lanes that are still there, without waiting for them. */
  void close() {
    queues.abandon();
  }
}
