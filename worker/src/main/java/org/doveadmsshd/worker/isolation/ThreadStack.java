package org.doveadmsshd.worker.isolation;

import org.doveadmsshd.posix.NamedCalls;

/** The memory that is a thread's stack. */
final class ThreadStack {
  /**
   * More than work for a user goes down, and the JVM looks ahead; what lies deeper is given back.
   */
  private static final long LENGTH = 256 * 1024;

  private static final long PAGE = 4096;
  private static final int MLOCK_ONFAULT = 1;

  private ThreadStack() {}

  /**
   * Keeps the memory of the calling thread's stack for the next thread that gets this stack. When a
   * thread ends, glibc keeps its stack for further threads but gives the pages back. That
   * interrupts all processors, and each page costs a fault again: a third of the cost of a short
   * thread. glibc cannot give back locked pages (madvise(2)), so pages are locked when they are
   * touched. If the lock is refused (RLIMIT_MEMLOCK) nothing changes.
   *
   * <p>The thread must have a stack of at least {@value #LENGTH} bytes; glibc's description of a
   * thread, which is what pthread_self(3) points at, lies at its upper end.
   */
  static void keep() {
    long top = NamedCalls.call("pthread_self") & -PAGE;
    NamedCalls.call("mlock2", top - LENGTH, LENGTH, MLOCK_ONFAULT);
  }
}
