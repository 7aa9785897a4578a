package org.doveadmsshd.worker;

/**
 * Gives the worker for the next request. It may change when the configuration is read anew; a
 * worker's connections stay open until its last use ends. Safe for several threads.
 */
@FunctionalInterface
public interface Workers {
  /** The worker as it is now, until the use is closed. */
  Use use();

  /** The use of a worker, by one thread. */
  interface Use extends AutoCloseable {
    Worker worker();

    @Override
    void close();
  }

  /** One worker that never changes. */
  static Workers always(Worker worker) {
    Use use =
        new Use() {
          @Override
          public Worker worker() {
            return worker;
          }

          @Override
          public void close() {
            // it lasts as long as the process
          }
        };
    return () -> use;
  }
}
