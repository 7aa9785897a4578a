package org.doveadmsshd.storage.maildir;

import java.util.concurrent.atomic.AtomicLong;
import org.doveadmsshd.posix.Host;

/** Makes base names that no other process makes: time, process and host. */
final class NewFileName {
  /** Of the process, as the names say its number: they differ in all stores that it has open. */
  private static final AtomicLong LAST = new AtomicLong();

  private NewFileName() {}

  /** {@code <seconds>.M<microseconds>P<pid>.<host>}. */
  static String next() {
    long now = Math.multiplyExact(System.currentTimeMillis(), 1000L);
    long micros = LAST.updateAndGet(last -> Math.max(last + 1, now));
    String host = Host.name().replace("/", "\\057").replace(":", "\\072");
    return "%d.M%dP%d.%s"
        .formatted(micros / 1_000_000, micros % 1_000_000, ProcessHandle.current().pid(), host);
  }
}
