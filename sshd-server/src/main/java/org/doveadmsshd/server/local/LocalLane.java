package org.doveadmsshd.server.local;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.base.Life;
import org.doveadmsshd.brain.Assignment;
import org.doveadmsshd.brain.UserQueue;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.MessageSink;
import org.doveadmsshd.protocol.ProtocolException;
import org.doveadmsshd.worker.RequestControl;
import org.doveadmsshd.worker.Worker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that takes users out of a queue and calls the worker for them. If it hangs in a system
 * call it is {@linkplain #abandon abandoned}, and ends when that call returns.
 */
final class LocalLane {
  private static final Logger LOG = LoggerFactory.getLogger(LocalLane.class);

  private final int number;
  private final Worker worker;
  private final Master master;
  private final Runnable replace;
  private final Life<Phase> life = new Life<>(Phase.WORKING);

  /** How far a lane has come. */
  private enum Phase {
    WORKING,
    /** What it has been given, and still takes, is to stop at once. */
    CANCELLED,
    /** There are no users any more, or the lane has been abandoned. */
    OVER
  }

  // guarded by this
  private List<UnderWay> underWay = List.of();
  private Thread thread;

  /** A user that the worker has been given. */
  private record UnderWay(Assignment.Attempt attempt, RequestControl control) {}

  /**
   * @param number of this lane among those of the run, from 0
   * @param replace called once if the lane has been abandoned
   */
  LocalLane(int number, Worker worker, Master master, Runnable replace) {
    this.number = number;
    this.worker = worker;
    this.master = master;
    this.replace = replace;
  }

  /** Works users off until there are none any more. */
  void work(UserQueue queue) {
    synchronized (this) {
      thread = Thread.currentThread();
    }
    try {
      List<Assignment> next;
      while (!life.hasReached(Phase.OVER) && !(next = queue.take(worker.together())).isEmpty()) {
        work(next);
      }
    } catch (InterruptedException e) {
      LOG.debug("A lane was interrupted", e);
    }
  }

  private void work(List<Assignment> assignments) {
    List<UnderWay> taken = new ArrayList<>();
    for (Assignment each : assignments) {
      taken.add(new UnderWay(each.attempt(number, this::abandon), new RequestControl()));
    }
    take(taken);
    List<Worker.Request> requests = new ArrayList<>();
    for (UnderWay user : taken) {
      int id = requests.size() + 1;
      Assignment.Attempt next = id < taken.size() ? taken.get(id).attempt() : null;
      requests.add(
          new Worker.Request(
              user.attempt().request(id),
              user.control(),
              user.attempt()::openInput,
              sink(user.attempt(), next)));
    }
    taken.get(0).attempt().begun();
    carryOut(taken, requests);
  }

  private synchronized void take(List<UnderWay> taken) {
    underWay = List.copyOf(taken);
    if (life.hasReached(Phase.CANCELLED)) {
      underWay.forEach(user -> user.control().cancel());
    }
  }

  private static MessageSink sink(Assignment.Attempt attempt, Assignment.Attempt next) {
    return message -> {
      attempt.send(message);
      if (message instanceof Message.Done && next != null) {
        next.begun();
      }
    };
  }

  private void carryOut(List<UnderWay> taken, List<Worker.Request> requests) {
    try {
      worker.run(master, requests);
    } catch (ProtocolException e) { // said by a worker process
      lose(taken, "The worker does not keep to the protocol: " + e.getMessage());
    } catch (IOException e) {
      taken.forEach(user -> user.attempt().outputBroken(e));
    } catch (Throwable e) { // the top of a task: else the run would wait for ever
      LOG.error("A lane failed by a fault of the program", e);
      IOException fault = new IOException("A lane failed by a fault of the program", e);
      taken.forEach(user -> user.attempt().outputBroken(fault));
    } finally {
      take(List.of());
    }
  }

  /** Stops requests under way at their next checkpoint. */
  synchronized void cancel() {
    life.moveTo(Phase.CANCELLED);
    underWay.forEach(user -> user.control().cancel());
  }

  /**
   * The thread does not come back: its users go to other lanes or fail, and a new lane takes its
   * place.
   */
  private void abandon() {
    if (!end()) {
      return;
    }
    List<UnderWay> left;
    synchronized (this) {
      left = underWay;
      thread.interrupt();
    }
    cancel();
    LOG.warn("A lane does not come back; another one takes its place");
    lose(left, "The worker does not answer");
    replace.run();
  }

  /** Users that have not ended are tried on another lane, or fail. */
  private static void lose(List<UnderWay> users, String why) {
    for (UnderWay user : users) {
      try {
        user.attempt().lost(why);
      } catch (IOException e) {
        user.attempt().outputBroken(e);
      }
    }
  }

  /** Says that the lane is over; false when that has been said before. */
  boolean end() {
    return life.moveTo(Phase.OVER);
  }
}
