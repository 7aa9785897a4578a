package org.doveadmsshd.server.ssh;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Output of a command, which a test can wait for. Safe for several threads. */
public final class Collected extends OutputStream {
  private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(); // guarded by this

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] from, int offset, int length) {
    bytes.write(from, offset, length);
    notifyAll();
  }

  synchronized String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** Waits until a text has come. */
  synchronized void await(String text) throws InterruptedException {
    long end = System.nanoTime() + LONG_NANOS;
    while (!text().contains(text)) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        throw new AssertionError("'" + text + "' does not come, only: " + text());
      }
      wait(left);
    }
  }
}
