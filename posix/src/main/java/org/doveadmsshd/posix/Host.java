package org.doveadmsshd.posix;

import com.sun.jna.Native;
import java.nio.charset.StandardCharsets;

/** The machine and the process that a lock file names. */
public final class Host {
  private Host() {}

  /** This machine's name as gethostname(2) gives it: what Dovecot writes into its locks. */
  public static String name() {
    Scratch scratch = Scratch.get();
    if (LibC.gethostname(scratch.bufferAddress, 256) < 0) {
      return "localhost";
    }
    int end = 0;
    while (end < 255 && scratch.buffer.get(end) != 0) {
      end++;
    }
    byte[] name = new byte[end];
    scratch.buffer.get(0, name);
    return new String(name, StandardCharsets.ISO_8859_1);
  }

  /** The user as whom this thread works, by number. */
  public static int user() {
    return LibC.geteuid();
  }

  /** Whether a process with this number lives on this machine, of any owner. */
  public static boolean isAlive(long pid) {
    return pid > 0
        && pid <= Integer.MAX_VALUE
        && (LibC.kill((int) pid, 0) == 0 || Native.getLastError() == LibC.EPERM);
  }
}
