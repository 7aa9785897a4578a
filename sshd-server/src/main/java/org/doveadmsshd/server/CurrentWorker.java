package org.doveadmsshd.server;

import org.doveadmsshd.worker.Worker;
import org.doveadmsshd.worker.Workers;

/**
 * The worker for what is asked next. One that has been replaced stays open until nobody uses it any
 * more, so that what is under way goes on with the configuration that it began with.
 */
final class CurrentWorker implements Workers {
  private Version current; // guarded by this

  /** A worker, and how many use it. */
  private static final class Version implements Workers.Use {
    private final Worker worker;
    private final Runnable close;
    private int users = 1; // it is current

    Version(Worker worker, Runnable close) {
      this.worker = worker;
      this.close = close;
    }

    @Override
    public Worker worker() {
      return worker;
    }

    synchronized void take() {
      users++;
    }

    @Override
    public void close() {
      boolean last;
      synchronized (this) {
        last = --users == 0;
      }
      if (last) {
        close.run();
      }
    }
  }

  @Override
  public synchronized Use use() {
    current.take();
    return current;
  }

  /**
   * Takes another worker for what is asked from now on.
   *
   * @param close what it needs, once it has been replaced and nobody uses it
   */
  void become(Worker worker, Runnable close) {
    Version earlier;
    synchronized (this) {
      earlier = current;
      current = new Version(worker, close);
    }
    if (earlier != null) {
      earlier.close();
    }
  }
}
