package org.doveadmsshd.brain;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The users that wait for one server's lanes. It is bounded: adding waits while it is full. A bell
 * wakes remote lanes that found it empty. Safe for several threads.
 */
public final class UserQueue {
  private static final int CAPACITY = 256;

  /** How many lanes are assumed to share the users that wait. */
  private static final int TAKERS = 8;

  private final ArrayDeque<Assignment> waiting = new ArrayDeque<>();
  private final List<Runnable> bells = new ArrayList<>();
  private boolean closed;
  private boolean stopped;
  private final Pace pace;

  /** How many threads wait for a user, and for room. */
  private int takers;

  private int putters;

  UserQueue(Pace pace) {
    this.pace = pace;
  }

  /**
   * Adds a user; waits while the queue is full.
   *
   * @return false when the queue has stopped; the user is not in it then
   */
  boolean put(Assignment assignment) throws InterruptedException {
    synchronized (this) {
      while (waiting.size() >= CAPACITY && !closed && !stopped) {
        putters++;
        wait();
        putters--;
      }
    }
    return add(assignment);
  }

  /**
   * Adds a user without waiting: one that comes back from a lane or from another server.
   *
   * @return false when the queue has stopped; the user is not in it then
   */
  boolean add(Assignment assignment) {
    List<Runnable> toRing;
    synchronized (this) {
      if (stopped) {
        return false;
      }
      waiting.add(assignment);
      if (takers > 0) {
        notifyAll();
      }
      toRing = bells.isEmpty() ? List.of() : List.copyOf(bells);
    }
    toRing.forEach(Runnable::run);
    return true;
  }

  /** Takes the next user, or null when there is none at the moment. */
  public synchronized Assignment poll() {
    Assignment next = waiting.poll();
    if (putters > 0 && waiting.size() <= CAPACITY / 2) {
      notifyAll(); // only when half empty, so that the feeder is not woken for each user
    }
    return next;
  }

  /**
   * Takes the next user; waits for one, and until the run may begin him. Null when there will be
   * none any more.
   */
  public synchronized Assignment take() throws InterruptedException {
    long early = 0;
    while (waiting.isEmpty() ? !closed : (early = pace.begin()) > 0) {
      takers++;
      wait(waiting.isEmpty() ? 0 : early / 1_000_000 + 1);
      takers--;
    }
    return poll();
  }

  /**
   * Takes the next users; waits for one. While only few wait, fewer than asked for are taken:
   * others have work then, too.
   *
   * @param most at least 1
   * @return none when there will be none any more
   */
  public synchronized List<Assignment> take(int most) throws InterruptedException {
    List<Assignment> taken = new ArrayList<>();
    for (Assignment next = take(); next != null; next = poll()) {
      taken.add(next);
      if (pace.isLimited() || taken.size() >= Math.min(most, waiting.size() / TAKERS)) {
        break;
      }
    }
    return taken;
  }

  /** Calls back, on another thread, whenever a user is added or the queue is closed. */
  public void ring(Runnable bell) {
    synchronized (this) {
      bells.add(bell);
    }
    bell.run();
  }

  /** Closes the queue: no more users will be added. Users in it may still be taken. */
  void close() {
    List<Runnable> toRing;
    synchronized (this) {
      closed = true;
      notifyAll();
      toRing = List.copyOf(bells);
    }
    toRing.forEach(Runnable::run);
  }

  /** Whether it is closed and empty. */
  public synchronized boolean isFinished() {
    return closed && waiting.isEmpty();
  }

  /** Takes out all users that wait; others may be added. */
  synchronized List<Assignment> takeAll() {
    List<Assignment> all = List.copyOf(waiting);
    waiting.clear();
    notifyAll();
    return all;
  }

  /**
   * Takes out all users that wait. From then on none is added, not even one that waits for room.
   */
  synchronized List<Assignment> stop() {
    stopped = true;
    return takeAll();
  }
}
