package org.doveadmsshd.worker;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.doveadmsshd.base.MemoryBudget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of a lane that wait, in their order.
 *
 * <p>Adding never waits. As long as the queue holds anything, one thread of the executor works it
 * off; that thread may block. Requests that wait count in the lane's share of memory; {@link
 * #whenRoom} tells a reader when to go on.
 */
final class RequestQueue {
  private static final Logger LOG = LoggerFactory.getLogger(RequestQueue.class);

  /** While more bytes than that wait nothing further should be read from the peer. */
  static final int ROOM = 256 * 1024;

  private final Executor executor;
  private final MemoryBudget.Share memory;
  private final Carrier carrier;

  // guarded by this
  private final ArrayDeque<Queued> waiting = new ArrayDeque<>();
  private int waitingBytes;
  private boolean working;
  private List<Runnable> awaitingRoom = new ArrayList<>();

  /**
   * A step, or a request.
   *
   * @param bytes that it holds while it waits
   * @param step what it is; null for a request
   * @param request for users, which may be carried out together with the next ones; null for a step
   */
  private record Queued(int bytes, Step step, Worker.Request request) {
    boolean isForUser() {
      return request != null && !request.run().user().isEmpty();
    }
  }

  /** Runs on a thread of the executor and may block. */
  @FunctionalInterface
  interface Step {
    /**
     * @throws IOException when the peer can be told nothing any more
     */
    void run() throws IOException;
  }

  /** Does what the queue holds; one thread at a time. */
  interface Carrier {
    /** The largest number of requests that is useful to carry out together. */
    int together();

    /**
     * @throws IOException when the peer can be told nothing any more
     */
    void carryOut(List<Worker.Request> requests) throws IOException;

    /**
     * A step, or some requests, have ended.
     *
     * @param idle whether nothing waits at the moment
     */
    void ended(boolean idle) throws IOException;

    /** Nothing more can be done: the peer has gone, or the program has a fault. */
    void brokeOff();
  }

  RequestQueue(Executor executor, MemoryBudget.Share memory, Carrier carrier) {
    this.executor = executor;
    this.memory = memory;
    this.carrier = carrier;
  }

  void add(int bytes, Step step) {
    add(new Queued(bytes, step, null));
  }

  void add(int bytes, Worker.Request request) {
    add(new Queued(bytes, null, request));
  }

  private void add(Queued entry) {
    synchronized (this) {
      waiting.add(entry);
      waitingBytes += entry.bytes();
      memory.force(entry.bytes());
      if (working) {
        return;
      }
      working = true;
    }
    try {
      executor.execute(this::work);
    } catch (RejectedExecutionException e) {
      LOG.warn("No thread is free for a lane; it is closed");
      brokeOff();
    }
  }

  /** How many steps and requests wait. */
  synchronized int size() {
    return waiting.size();
  }

  /** Whether something is being worked on, or waits for that. */
  synchronized boolean isBusy() {
    return working;
  }

  /** Calls back once, at once or from the working thread, as soon as little enough waits. */
  void whenRoom(Runnable action) {
    synchronized (this) {
      if (waitingBytes > room()) {
        awaitingRoom.add(action);
        return;
      }
    }
    action.run();
  }

  /** While memory is short nothing further is read before all is done. */
  private int room() {
    return memory.free() >= ROOM ? ROOM : 0;
  }

  /** Forgets what waits. */
  void clear() {
    Runnable room;
    synchronized (this) {
      waiting.clear();
      room = free(waitingBytes);
    }
    room.run();
  }

  private void work() {
    try {
      for (List<Queued> next; !(next = next()).isEmpty(); ) {
        if (next.get(0).request() == null) {
          next.get(0).step().run();
        } else {
          carrier.carryOut(next.stream().map(Queued::request).toList());
        }
        carrier.ended(size() == 0);
      }
    } catch (IOException e) {
      LOG.debug("A lane broke off", e);
      brokeOff();
    } catch (Throwable e) { // the top of a thread: else the peer would wait for ever
      LOG.error("A lane is closed by a fault of the program", e);
      brokeOff();
    }
  }

  private void brokeOff() {
    synchronized (this) {
      working = false;
    }
    carrier.brokeOff();
  }

  /** The next step, or the requests that are best carried out together; none when none waits. */
  private List<Queued> next() {
    int together = carrier.together();
    List<Queued> next = new ArrayList<>();
    Runnable room;
    synchronized (this) {
      int bytes = 0;
      while (!waiting.isEmpty() && (next.isEmpty() || isOneMore(next, together))) {
        Queued entry = waiting.remove();
        bytes += entry.bytes();
        next.add(entry);
      }
      room = free(bytes);
      working = !next.isEmpty();
    }
    room.run();
    return next;
  }

  /** A request about the server as a whole keeps its place between requests for users. */
  private boolean isOneMore(List<Queued> before, int together) {
    return before.get(0).isForUser() && waiting.element().isForUser() && before.size() < together;
  }

  /** Called with the lock held; what it returns is to be run without it. */
  private Runnable free(int bytes) {
    waitingBytes -= bytes;
    boolean hasRoom = waitingBytes <= room();
    List<Runnable> told = hasRoom ? awaitingRoom : List.of();
    awaitingRoom = hasRoom ? new ArrayList<>() : awaitingRoom;
    return () -> {
      memory.give(bytes);
      told.forEach(Runnable::run);
    };
  }
}
