package org.doveadmsshd.worker;

/**
 * Names the worker for what is asked next. It may change when the configuration is read anew; what
 * a worker needs stays open until nobody uses it any more. Safe for several threads.
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
