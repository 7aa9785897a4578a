package org.doveadmsshd.brain.remote;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.doveadmsshd.protocol.MessageSink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The messages to be sent on a lane, in their order. Adding never waits. As long as there is
 * anything, one thread of the executor sends; it waits while the peer does not read.
 */
final class Outbox {
  private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

  private final Executor executor;
  private final MessageSink out;
  private final Runnable broken;

  // guarded by this
  private final ArrayDeque<Sending> waiting = new ArrayDeque<>();
  private State state = State.IDLE;

  /** Whether a thread sends. */
  private enum State {
    IDLE,
    SENDING,
    /** Nothing more is sent; a thread that still does finds nothing. */
    CLOSED
  }

  /** Something to be sent. */
  @FunctionalInterface
  interface Sending {
    void to(MessageSink out) throws IOException;
  }

  /**
   * @param broken called when nothing can be sent any more
   */
  Outbox(Executor executor, MessageSink out, Runnable broken) {
    this.executor = executor;
    this.out = out;
    this.broken = broken;
  }

  void add(Sending next) {
    add(next, false);
  }

  /** As {@link #add}, before all that waits. */
  void addFirst(Sending next) {
    add(next, true);
  }

  private void add(Sending next, boolean first) {
    synchronized (this) {
      if (state == State.CLOSED) {
        return;
      }
      if (first) {
        waiting.addFirst(next);
      } else {
        waiting.add(next);
      }
      if (!move(State.IDLE, State.SENDING)) {
        return;
      }
    }
    executor.execute(this::send);
  }

  private void send() {
    try {
      for (Sending next; (next = next()) != null; ) {
        next.to(out);
      }
    } catch (IOException e) {
      breakOff();
    } catch (Throwable e) { // the top of a thread: else the lane would wait for ever
      LOG.error("A lane is closed: sending failed by a fault of the program", e);
      breakOff();
    }
  }

  private void breakOff() {
    close();
    broken.run();
  }

  /** The next, or null when nothing waits and all has been passed on. */
  private Sending next() throws IOException {
    Sending next = poll(false);
    if (next == null) {
      out.flush();
      next = poll(true);
    }
    return next;
  }

  private synchronized Sending poll(boolean flushed) {
    Sending next = waiting.poll();
    if (next == null && flushed) {
      move(State.SENDING, State.IDLE);
    }
    return next;
  }

  /** Nothing more is sent. */
  synchronized void close() {
    state = State.CLOSED;
    waiting.clear();
  }

  /** Called with the lock held. */
  private boolean move(State from, State to) {
    boolean moves = state == from;
    state = moves ? to : state;
    return moves;
  }
}
