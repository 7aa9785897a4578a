package org.doveadmsshd.supervision;

import com.sun.jna.Native;
import java.util.Arrays;
import org.doveadmsshd.posix.NamedCalls;

/** A limited resource of a process: setrlimit(2). */
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

  /**
   * Sets the limit of this process, and the one up to which it could raise that again; a lower one
   * that there is already stays.
   */
  public void limit(long most) {
    long[] limits = new long[2];
    check("getrlimit", limits);
    boolean unlimited = limits[1] < 0; // RLIM_INFINITY
    Arrays.fill(limits, unlimited ? most : Math.min(most, limits[1]));
    check("setrlimit", limits);
  }

  private void check(String call, long[] limits) {
    if ((int) NamedCalls.call(call, number, limits) != 0) {
      throw new IllegalStateException(
          "%s of %s failed with errno %d".formatted(call, this, Native.getLastError()));
    }
  }
}
