package org.doveadmsshd.posix;

import com.sun.jna.Native;

/**
 * Random numbers of the kernel: getrandom(2). Java's would open {@code /dev/urandom}, which a
 * thread that sees nothing but its user's mail cannot, and make up seconds of noise instead.
 */
public final class RandomBytes {
  private static final int MOST = 256; // the kernel gives up to this many at once

  private RandomBytes() {}

  /**
   * @param count at most 256
   */
  public static byte[] of(int count) throws PosixException {
    if (count > MOST) {
      throw new IllegalArgumentException("more than " + MOST + " random bytes");
    }
    Scratch scratch = Scratch.get();
    long got;
    do {
      got = LibC.getrandom(scratch.bufferAddress, count, 0);
    } while (got < 0 && Native.getLastError() == LibC.EINTR);
    if (got != count) {
      throw new PosixException("getrandom", "", Native.getLastError());
    }
    byte[] bytes = new byte[count];
    scratch.buffer.clear().get(bytes);
    return bytes;
  }
}
