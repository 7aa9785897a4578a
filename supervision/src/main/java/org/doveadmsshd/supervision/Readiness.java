package org.doveadmsshd.supervision;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.posix.NotifySocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the service manager how this program is (systemd's sd_notify(3)). Where none has started
 * it, nobody is told. Safe for several threads.
 */
public final class Readiness {
  private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);

  private static final long NANOS_IN_MICRO = 1000;

  /** What stopping takes besides waiting for commands. */
  private static final Duration TO_CLOSE = Duration.ofSeconds(30);

  private final Optional<NotifySocket> socket;
  private final Optional<Duration> watchdog;

  /**
   * Does as the service manager has asked by variables of the environment.
   *
   * @param pid of this process: a watchdog may be meant for another one
   */
  public Readiness(Map<String, String> environment, long pid) {
    socket =
        Optional.ofNullable(environment.get("NOTIFY_SOCKET"))
            .filter(address -> address.startsWith("/") || address.startsWith("@"))
            .map(NotifySocket::new);
    String owner = environment.getOrDefault("WATCHDOG_PID", Long.toString(pid));
    watchdog =
        socket.isPresent() && owner.equals(Long.toString(pid))
            ? micros(environment.get("WATCHDOG_USEC"))
            : Optional.empty();
  }

  /** As the environment of this process says. */
  public static Readiness ofProcess() {
    return new Readiness(System.getenv(), ProcessHandle.current().pid());
  }

  private static Optional<Duration> micros(String value) {
    if (value == null || !value.matches("[1-9][0-9]{0,17}")) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofNanos(NANOS_IN_MICRO).multipliedBy(Long.parseLong(value)));
  }

  /** How often {@link #alive} is to be told, if it is: half of the patience that there is. */
  public Optional<Duration> watchdogInterval() {
    return watchdog.map(patience -> patience.dividedBy(2));
  }

  /** It does its work, from now on or again. */
  public void ready(String status) {
    tell("READY=1\nSTATUS=" + Printable.line(status));
  }

  /** It reads its configuration anew; {@link #ready} says when that is done. */
  public void reloading() {
    tell("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / NANOS_IN_MICRO);
  }

  /**
   * It ends.
   *
   * @param patience how long it waits for commands under way: it is not to be killed before
   */
  public void stopping(Duration patience) {
    long micros = patience.plus(TO_CLOSE).toMillis() * 1000;
    tell("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + micros);
  }

  /** It is alive. */
  public void alive() {
    tell("WATCHDOG=1");
  }

  private void tell(String lines) {
    if (socket.isEmpty()) {
      return;
    }
    try {
      socket.get().send(lines);
    } catch (IOException e) {
      LOG.warn(
          "The service manager cannot be told {}: {}",
          lines.lines().findFirst().get(),
          Reason.of(e));
    }
  }
}
