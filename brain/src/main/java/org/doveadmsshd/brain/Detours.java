package org.doveadmsshd.brain;

import java.io.IOException;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.Message;

/**
 * Where users of a run go whose server does not know them, is not there, or is not used any more.
 * Safe for several threads.
 */
final class Detours implements LeavingServers.Waiting {
  private final Dispatch dispatch;
  private final ServersInUse inUse;
  private final ServerQueues queues;

  Detours(Dispatch dispatch, ServersInUse inUse, ServerQueues queues) {
    this.dispatch = dispatch;
    this.inUse = inUse;
    this.queues = queues;
  }

  /** The server works on no more users: those in its queue go to another server, or fail. */
  void leaveUnavailable(Server server, UserQueue queue, Failure failure) {
    try {
      if (!dispatch.isCancelled()) { // else it was stopped here
        dispatch.reporter().unavailable(failure);
      }
      for (Assignment next; (next = queue.takeUnbegun()) != null; ) {
        boolean ofUser = !next.user().isEmpty();
        goElsewhere(
            next,
            failure,
            ofUser ? "Server " + server.name() + " is not available" : failure.getMessage());
      }
    } catch (IOException e) {
      dispatch.broken(null, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      dispatch.cancel();
    }
  }

  /** Has a user go to his next server, or end, if there is none, for a reason. */
  private void goElsewhere(Assignment assignment, Failure failure, String why) throws IOException {
    Route further = inUse.of(assignment.route().further());
    if (dispatch.isCancelled()) {
      end(assignment);
    } else if (further.isNowhere()) {
      assignment.fail(Endings.outcome(failure), why);
    } else {
      go(assignment, further, failure, assignment.attempts());
    }
  }

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
    dispatch.broken(null, e);
  }

  /** The servers that are asked next, when this one does not know the user; nothing at the end. */
  Optional<Route> elsewhere(Assignment assignment, Message.Done result) {
    Route further = inUse.of(assignment.route().further());
    boolean ends =
        result.outcome() != Outcome.NO_USER || further.isNowhere() || dispatch.isCancelled();
    return ends ? Optional.empty() : Optional.of(further);
  }

  /** Has the next server asked for a user; nothing waits of what this one has said of him. */
  void askNext(Assignment assignment, Route next) throws IOException {
    go(assignment, next, assignment.unavailable(), assignment.earlierAttempts());
  }

  private void go(Assignment earlier, Route route, Failure unavailable, int attempts)
      throws IOException {
    Assignment next =
        new Assignment(dispatch, earlier.sequence(), earlier.user(), route, unavailable);
    next.countEarlier(attempts);
    dispatch.replace(earlier, next);
    enqueue(next);
  }

  /** Has a user wait for the server again that he is meant for. */
  void enqueue(Assignment assignment) throws IOException {
    if (!queues.add(assignment)) {
      end(assignment);
    }
  }

  /** The run is stopped, and no worker has the user. */
  static void end(Assignment assignment) throws IOException {
    Message.Done done = Endings.stopped(assignment.attempts());
    assignment.fail(done.outcome(), done.text());
  }
}
