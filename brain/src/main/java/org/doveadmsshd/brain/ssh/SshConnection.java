package org.doveadmsshd.brain.ssh;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.remote.LaneTransport;

/**
 * One of the connections to a server: opened when its first lane is, and again for the next lane
 * after it was lost. Who needs it while it is being opened waits for that, and gets the same
 * connection or the same failure. Safe for several threads.
 */
final class SshConnection {
  private final SshConnections connections;
  private final SshConnector.Address address;
  private final AtomicInteger lanes = new AtomicInteger();

  private CompletableFuture<WatchedSession> session; // guarded by this; null at the beginning

  SshConnection(SshConnections connections, SshConnector.Address address) {
    this.connections = connections;
    this.address = address;
  }

  /** How many lanes it has, with those that are being opened. */
  int lanes() {
    return lanes.get();
  }

  /** A lane is going to be opened. */
  void reserve() {
    lanes.incrementAndGet();
  }

  /**
   * Opens a lane that has been {@linkplain #reserve reserved}.
   *
   * @param whenLeft told when it is closed without the server having been told
   */
  LaneTransport openReserved(Runnable whenLeft) throws Failure, IOException {
    boolean opened = false;
    try {
      LaneTransport lane =
          new SshLane(session(), connections.silence(), lanes::decrementAndGet, whenLeft);
      opened = true;
      return lane;
    } finally {
      if (!opened) {
        lanes.decrementAndGet();
      }
    }
  }

  /** Whether nobody waits for it to be opened. */
  synchronized boolean isSettled() {
    return session == null || session.isDone();
  }

  /** Closes it; one that is being opened is closed then. */
  synchronized void close() {
    if (session != null) {
      session.thenAccept(open -> open.close(false));
    }
  }

  private WatchedSession session() throws Failure {
    CompletableFuture<WatchedSession> own = new CompletableFuture<>();
    CompletableFuture<WatchedSession> shared;
    synchronized (this) {
      if (isLost()) {
        session = own;
      }
      shared = session;
    }
    if (shared == own) {
      connect(own);
    }
    try {
      return shared.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Failure) {
        throw (Failure) e.getCause();
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(Outcome.UNREACHABLE, "Server " + address.name() + ": stopped", e);
    }
  }

  private void connect(CompletableFuture<WatchedSession> result) {
    try {
      result.complete(
          connections.connect(address.host(), address.port(), address.user(), address.identity()));
    } catch (Failure e) {
      String text = "Server " + address.name() + ": " + e.getMessage();
      result.completeExceptionally(new Failure(e.outcome(), text, e.getCause()));
    } catch (Throwable e) { // who waits for it must not wait for ever
      result.completeExceptionally(e);
    }
  }

  /** Called with the lock held. */
  private boolean isLost() {
    return session == null
        || session.isCompletedExceptionally()
        || session.isDone() && !session.join().isOpen();
  }
}
