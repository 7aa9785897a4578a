package org.doveadmsshd.posix;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Announces system calls to tests. Each call that changes the disk is announced before it is made,
 * so that a test can let the process die, or the disk be full, at any of them. Calls that read are
 * announced, too, so that a test can let a disk be broken. A test observes the process as a whole,
 * whichever stores it opens; the programs themselves set no observer.
 */
public final class SystemCalls {
  private static final Observer NOBODY = (call, name) -> 0;
  private static final AtomicReference<Observers> OBSERVERS =
      new AtomicReference<>(new Observers(NOBODY, NOBODY));

  private SystemCalls() {}

  /** Told of a call that is about to be made. */
  @FunctionalInterface
  public interface Observer {
    /**
     * Returns 0 to let the call happen, an errno to let it fail; an Error thrown from here stands
     * for the death of the process.
     *
     * @param call as in section 2 of the manual, {@code renameat2}
     * @param name of the file it is about
     */
    int before(String call, String name);
  }

  private record Observers(Observer changes, Observer reads) {}

  private static Observer orNobody(Observer observer) {
    return observer == null ? NOBODY : observer;
  }

  /** Sets the observer of calls that change the disk, for tests; null for none. */
  public static void observe(Observer next) {
    OBSERVERS.updateAndGet(before -> new Observers(orNobody(next), before.reads()));
  }

  /** Sets the observer of calls that open, read or ask for the status of files; null for none. */
  public static void observeReads(Observer next) {
    OBSERVERS.updateAndGet(before -> new Observers(before.changes(), orNobody(next)));
  }

  /** Called by every wrapper of a call that reads a file. */
  static void announceRead(String call, String name) throws PosixException {
    announce(OBSERVERS.get().reads(), call, name);
  }

  /** Called by every wrapper of a call that changes the disk. */
  static void announce(String call, String name) throws PosixException {
    announce(OBSERVERS.get().changes(), call, name);
  }

  private static void announce(Observer observer, String call, String name) throws PosixException {
    int errno = observer.before(call, name);
    if (errno != 0) {
      throw new PosixException(call, name, errno);
    }
  }
}
