package org.doveadmsshd.storage.posix;

/**
 * The calls that change what is on disk, each announced before it is made, so that a test can let
 * the process die or the disk be full at any of them.
 */
public final class SystemCalls {
  private static volatile Observer observer;

  private SystemCalls() {}

  /** Told of a call that is about to change the disk. */
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

  /** Called by every wrapper of a call that changes the disk. */
  static void announce(String call, String name) throws PosixException {
    Observer current = observer;
    int errno = current == null ? 0 : current.before(call, name);
    if (errno != 0) {
      throw new PosixException(call, name, errno);
    }
  }
}
