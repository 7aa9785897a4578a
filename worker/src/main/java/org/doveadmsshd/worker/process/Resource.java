package org.doveadmsshd.worker.process;

import com.sun.jna.Native;
import org.doveadmsshd.storage.posix.NamedCalls;

/** What a process may use no more of than it is allowed: setrlimit(2). */
public enum Resource {
  CPU(0),
  FSIZE(1),
  DATA(2),
  CORE(4),
  NOFILE(7);

  private final int number;

  Resource(int number) {
    this.number = number;
  }

  /** Sets the limit of this process, and the one up to which it could raise that again. */
  void limit(long most) {
    if ((int) NamedCalls.call("setrlimit", number, new long[] {most, most}) != 0) {
      throw new IllegalStateException(
          "setrlimit of %s to %d failed with errno %d"
              .formatted(this, most, Native.getLastError()));
    }
  }
}
