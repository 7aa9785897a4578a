package org.doveadmsshd.brain;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
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
  private final Detours detours;
  private final LeavingServers leaving;

  private final Outstanding outstanding;

  /** Whether all users can be named at any time, without waiting for anybody. */
  private volatile boolean isListAtHand;

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
    this.isListAtHand = request.invocation().users().isAtHand();
    this.inUse = new ServersInUse(request.invocation().command().manual().isPerUser());
    Flow flow = request.invocation().flow();
    admission =
        new Admission(
            flow, journal.counted(), (canaries, bad) -> decide(canary, canaries, bad), executor);
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
    outstanding = new Outstanding(queues::close);
    detours = new Detours(this, inUse, queues);
    leaving = new LeavingServers(inUse, queues, reporter, executor, detours);
  }

  /** Nobody follows the canaries either when it cannot be decided, as the terminal is gone. */
  private void decide(Canary canary, long canaries, long bad) {
    boolean goesOn = false;
    try {
      goesOn = canary.goesOn(canaries, bad);
    } catch (IOException e) {
      broken(null, e);
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

  /** From now on all users can be named without waiting for anybody. */
  void setListAtHand() {
    isListAtHand = true;
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
    return outstanding.added();
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
      Failure why = unused.orElseThrow();
      end(user, server, why.outcome(), why.getMessage());
      return;
    }
    OptionalLong place = outstanding.add();
    if (place.isEmpty()) {
      return; // the run has come to its end while he was being named
    }
    Assignment assignment =
        new Assignment(this, place.getAsLong(), user, used, unused.orElse(null));
    open.add(assignment);
    if (!queues.put(assignment)) {
      Detours.end(assignment);
    }
  }

  /** The servers of a route that are used now. */
  Route used(Route route) {
    return inUse.of(route);
  }

  /** Adds a user of whom it cannot be said where he is, and ends him with that. */
  void refuse(String user, Failure failure) throws InterruptedException, IOException {
    endUnplaced(user, failure.outcome(), failure.getMessage());
  }

  /** Adds a user after the stop, without asking where he is. */
  void leave(String user) throws InterruptedException, IOException {
    endUnplaced(user, Outcome.NOT_BEGUN, Endings.NOT_BEGUN);
  }

  private void endUnplaced(String user, Outcome outcome, String why)
      throws InterruptedException, IOException {
    if (enters(user, "")) {
      end(user, "", outcome, why);
      endWhenFull();
    }
  }

  private static String first(Route route) {
    return route.isNowhere() ? "" : route.servers().get(0).name();
  }

  /** Ends a user that is given to no server. */
  private void end(String user, String server, Outcome outcome, String text) throws IOException {
    OptionalLong place = outstanding.add();
    if (place.isEmpty()) {
      return; // as above
    }
    UserEnd end = UserEnd.unasked(place.getAsLong(), user, server, outcome, text);
    try {
      printer.finished(place.getAsLong(), user, List.of(), 0);
    } finally {
      tell(end);
    }
  }

  /** Hears of the servers' work. */
  private final class Work implements ServerQueues.Listener {
    @Override
    public void unavailable(Server server, UserQueue queue, Failure why) {
      detours.leaveUnavailable(server, queue, why);
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

  /** The servers that are asked next, when this one does not know the user; nothing at the end. */
  Optional<Route> elsewhere(Assignment assignment, Message.Done result) {
    return detours.elsewhere(assignment, result);
  }

  /** Has the next server asked for a user; nothing waits of what this one has said of him. */
  void askNext(Assignment assignment, Route next) throws IOException {
    detours.askNext(assignment, next);
  }

  /** One user's way goes on as another assignment. */
  void replace(Assignment earlier, Assignment next) {
    open.remove(earlier);
    open.add(next);
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
      outstanding.endOne();
    }
  }

  private void stopAfterFailures() throws IOException {
    if (reporter.failedUsers() >= mostFailures && beginNoMore()) {
      reporter.failed(
          Outcome.NOT_BEGUN,
          "Users have failed as often as --stop-after-failures allows; no further user was begun");
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
      Detours.end(assignment);
    } else if (!harmless) {
      assignment.fail(Outcome.UNKNOWN, why + doubt());
    } else if (assignment.attempts() < ATTEMPTS) {
      detours.enqueue(assignment);
    } else {
      assignment.fail(Outcome.TEMPORARY_FAILURE, why);
    }
  }

  private String doubt() {
    return request.isRepeatable() ? "" : "; it may have been done all the same";
  }

  /** A lane is lost before it has told a worker of the user: that was no attempt. */
  void returned(Assignment assignment) throws IOException {
    detours.enqueue(assignment);
  }

  /** Nobody waits for more users. */
  void fed() {
    outstanding.complete();
  }

  /** Whether all users have been added, or nobody waits for the rest. */
  boolean isFed() {
    return outstanding.isComplete();
  }

  /** Waits until all users have come to the end; false if that takes longer. */
  boolean awaitEnd(long millis) throws InterruptedException {
    return outstanding.await(millis);
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
    if (late) {
      fed();
    }
    long deadline = TimeUnit.MILLISECONDS.toNanos(request.deadlineMillis());
    if (!late && deadline == 0 && !inUse.hasLeftAny()) {
      return;
    }
    Outcome stopped = request.isRepeatable() ? Outcome.CANCELLED : Outcome.UNKNOWN;
    for (Assignment each : List.copyOf(open)) {
      if (late || inUse.hasLeft(each.server(), patience.stop())) {
        each.giveUp(stopped, "Did not stop in time" + doubt());
      } else if (deadline > 0) {
        each.giveUpAfter(
            deadline + patience.grace().toNanos(),
            Outcome.TIMED_OUT,
            "The worker does not answer; what was done until then stays done");
      }
    }
  }

  /**
   * Stops: users under way end at their next checkpoint, others are not begun. A list that is at
   * hand is read on, as long as workers have for stopping. The caller, which may be a thread of the
   * transport, never waits for the output: another thread ends the users that were not begun.
   */
  void cancel() {
    clock.stop();
    beginNoMore();
    admission.open();
    if (!isListAtHand) {
      fed();
    }
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
    return outstanding.isOver() || isCancelled();
  }

  boolean isCancelled() {
    return clock.isStopped();
  }

  /** Whether no further user is begun. */
  boolean isStopped() {
    return stopped;
  }

  /** Whether it was stopped because its time was over. */
  boolean isExpired() {
    return clock.hasExpired();
  }

  /** Ends users that were not begun; waits while the client does not read the output. */
  private void drop(List<Assignment> waiting) {
    for (Assignment each : waiting) {
      try {
        Detours.end(each);
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
