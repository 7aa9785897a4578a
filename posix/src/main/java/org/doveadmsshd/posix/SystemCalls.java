package org.doveadmsshd.posix;

/**
 * Announces system calls to tests. Each call that changes the disk is announced before it is made,
 * so that a test can let the process die, or the disk be full, at any of them. Calls that read are
 * announced, too, so that a test can let a disk be broken.
 */
public final class SystemCalls {
  private static volatile Observer observer;
  private static volatile Observer readObserver;

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

  /** Sets the observer of this process, for tests; null for none. */
  public static void observe(Observer next) {
    observer = next;
  }

  /** Sets the observer of calls that open, read or ask for the status of files; null for none. */
  public static void observeReads(Observer next) {
    readObserver = next;
  }

  /** Called by every wrapper of a call that reads a file. */
  static void announceRead(String call, String name) throws PosixException {
    Observer current = readObserver;
    int errno = current == null ? 0 : current.before(call, name);
    if (errno != 0) {
      throw new PosixException(call, name, errno);
    }
  }

  /** Called by every wrapper of a call that changes the disk. */
  static void announce(String call, String name) throws PosixException {
    Observer current = observer;
    int errno = current == null ? 0 : current.before(call, name);
    if (errno != 0) {
      throw new PosixException(call, name, errno);
    }
  }
}
