package org.doveadmsshd.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.supervision.Readiness;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the service manager start the server anew when it hangs: says that it is alive as long as a
 * connection to its own port is answered. For that connections must be accepted, sessions made, and
 * sockets read and written.
 *
 * @param address where the server listens
 * @param port where the server listens
 * @param patience how long an answer may take
 */
record Watchdog(String address, int port, Duration patience) {
  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

  /** Watches the server until the process ends, if the service manager has asked for that. */
  static void start(Readiness readiness, String address, int port) {
    readiness
        .watchdogInterval()
        .ifPresent(
            interval -> {
              Watchdog watchdog = new Watchdog(address, port, interval.dividedBy(2));
              Thread thread = new Thread(() -> watchdog.watch(readiness, interval), "watchdog");
              thread.setDaemon(true);
              thread.start();
            });
  }

  private void watch(Readiness readiness, Duration interval) {
    try {
      while (true) {
        if (isAnswered()) {
          readiness.alive();
        }
        TimeUnit.NANOSECONDS.sleep(interval.toNanos());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the server answers: also one that only says that it has too many connections. */
  boolean isAnswered() {
    int millis = (int) Math.max(1, patience.toMillis());
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), millis);
      socket.setSoTimeout(millis);
      socket.getInputStream().read();
      return true;
    } catch (IOException e) {
      LOG.warn("The server does not answer on {} port {}: {}", address, port, Reason.of(e));
      return false;
    }
  }
}
