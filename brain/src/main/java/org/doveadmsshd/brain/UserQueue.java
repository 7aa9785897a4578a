package org.doveadmsshd.brain;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.base.MemoryBudget;

/**
 * The users that wait for one server's lanes. It is bounded, by number or by memory: adding waits
 * while it is full. A bell wakes remote lanes that found it empty. Safe for several threads.
 */
public final class UserQueue {
  private static final int CAPACITY = 256;

  /** What a user takes who waits in the store, about. */
  private static final int USER_BYTES = 1024;

  /** Longest time to the next look at a pace, which may be changed at any time. */
  private static final long LOOK_NANOS = 1_000_000_000;

  /** How many lanes are assumed to share the users that wait. */
  private static final int TAKERS = 8;

  private final Queue<Assignment> waiting;
  private final List<Runnable> bells = new ArrayList<>();
  private boolean closed;
  private boolean stopped;

  /** What all servers of the run begin together, and what this one does. */
  private final Pace pace;

  private final Pace own;
  private final Executor executor;

  /** Whether the bells will ring when the next user may begin. */
  private boolean alarm;

  /** Draws users beyond the capacity; null when there are none of those. */
  private MemoryBudget.Share store;

  /** How many users are drawn on the store. */
  private int stored;

  /** How many threads wait for a user, and for room. */
  private int takers;

  private int putters;

  /**
   * @param pace how many users all servers of the run may begin together
   * @param own how many this one may begin; changed by the queue's own users only
   * @param executor rings bells later
   */
  UserQueue(Pace pace, Pace own, Executor executor) {
    this(pace, own, executor, false);
  }

  /**
   * As above.
   *
   * @param ordered whether whoever comes back is taken before users who come later in the list
   */
  UserQueue(Pace pace, Pace own, Executor executor, boolean ordered) {
    waiting =
        ordered
            ? new PriorityQueue<>(Comparator.comparingLong(Assignment::sequence))
            : new ArrayDeque<>();
    this.pace = pace;
    this.own = own;
    this.executor = executor;
  }

  /**
   * From now on takes more users than fit, as long as there is memory: whoever names users for
   * several servers does not wait for the one that is slow, or away.
   *
   * @param share draws them
   */
  synchronized void storeBeyond(MemoryBudget.Share share) {
    store = share;
  }

  /** Called with the lock held. */
  private boolean stores() {
    boolean stores = store != null && store.tryTake(USER_BYTES);
    stored += stores ? 1 : 0;
    return stores;
  }

  /** Called with the lock held: so many users have been taken out. */
  private void giveBack(int users) {
    int given = Math.min(users, stored);
    stored -= given;
    if (given > 0) {
      store.give((long) given * USER_BYTES);
    }
  }

  /**
   * Adds a user; waits while the queue is full.
   *
   * @return false when the queue has stopped; the user is not in it then
   */
  boolean put(Assignment assignment) throws InterruptedException {
    synchronized (this) {
      while (waiting.size() >= CAPACITY && !closed && !stopped && !stores()) {
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

  /**
   * Takes the next user, or null when none may begin at the moment. Bells ring when that changes.
   */
  public synchronized Assignment poll() {
    long early = waiting.isEmpty() ? 0 : begin();
    if (early > 0) {
      ringLater(early);
      return null;
    }
    return next();
  }

  /** Counts a user as begun, unless that is too early. Returns how many nanoseconds too early. */
  private long begin() {
    long early = own.missing();
    early = early > 0 ? early : pace.begin();
    return early > 0 ? early : own.begin();
  }

  private void ringLater(long nanos) {
    if (!alarm && !bells.isEmpty()) {
      alarm = true;
      CompletableFuture.delayedExecutor(Math.min(nanos, LOOK_NANOS), TimeUnit.NANOSECONDS, executor)
          .execute(this::ringInTurn);
    }
  }

  /** Rings, and another lane's bell first each time: else one lane would get all users. */
  private void ringInTurn() {
    List<Runnable> toRing;
    synchronized (this) {
      alarm = false;
      Collections.rotate(bells, 1);
      toRing = List.copyOf(bells);
    }
    toRing.forEach(Runnable::run);
  }

  private Assignment next() {
    Assignment next = waiting.poll();
    giveBack(next == null ? 0 : 1);
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
    while (waiting.isEmpty() ? !closed : (early = begin()) > 0) {
      takers++;
      wait(waiting.isEmpty() ? 0 : Math.min(early, LOOK_NANOS) / 1_000_000 + 1);
      takers--;
    }
    return next();
  }

  /** As {@link #take()}, for somebody who does not begin the user. */
  synchronized Assignment takeUnbegun() throws InterruptedException {
    while (waiting.isEmpty() && !closed) {
      takers++;
      wait();
      takers--;
    }
    return next();
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
      if (pace.isLimited()
          || own.isLimited()
          || taken.size() >= Math.min(most, waiting.size() / TAKERS)) {
        break;
      }
    }
    return taken;
  }

  /**
   * Calls back, on another thread, whenever a user is added or the queue is closed; until it is
   * {@linkplain #silence silenced}.
   */
  public void ring(Runnable bell) {
    synchronized (this) {
      bells.add(bell);
    }
    bell.run();
  }

  /** Does not call back any more. */
  public synchronized void silence(Runnable bell) {
    bells.remove(bell);
  }

  /** How many users wait. */
  public synchronized int waiting() {
    return waiting.size();
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
    giveBack(stored);
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
