package org.doveadmsshd.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.doveadmsshd.testing.NotifyReceiver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What systemd is told, where it is told, and when not. */
class ReadinessTest {
  private static final long PID = 4711;

  @TempDir Path directory;

  private Readiness of(Map<String, String> environment) {
    return new Readiness(environment, PID);
  }

  private String path() {
    return directory.resolve("notify").toString();
  }

  @Test
  void eachStateIsOneDatagram() {
    Readiness readiness = of(Map.of("NOTIFY_SOCKET", path()));
    try (NotifyReceiver systemd = new NotifyReceiver(path())) {
      readiness.ready("Listens\non port 1");
      assertThat(systemd.receive()).startsWith("READY=1\nSTATUS=Listens").doesNotContain("\non");
      long before = System.nanoTime() / 1000;
      readiness.reloading();
      String told = systemd.receive();
      assertThat(told).startsWith("RELOADING=1\nMONOTONIC_USEC=");
      assertThat(Long.parseLong(told.substring(told.lastIndexOf('=') + 1)))
          .isBetween(before, System.nanoTime() / 1000);
      readiness.stopping(Duration.ofSeconds(300));
      assertThat(systemd.receive()).isEqualTo("STOPPING=1\nEXTEND_TIMEOUT_USEC=330000000");
      readiness.alive();
      assertThat(systemd.receive()).isEqualTo("WATCHDOG=1");
    }
  }

  @Test
  void theSocketMayBeInTheKernelsOwnNameSpace() {
    String address = "@doveadm-sshd-" + UUID.randomUUID();
    try (NotifyReceiver systemd = new NotifyReceiver(address)) {
      of(Map.of("NOTIFY_SOCKET", address)).alive();
      assertThat(systemd.receive()).isEqualTo("WATCHDOG=1");
    }
  }

  @Test
  void aServiceManagerThatIsGoneIsNoReasonToFail() {
    of(Map.of("NOTIFY_SOCKET", path())).ready("x");
    of(Map.of("NOTIFY_SOCKET", "/" + "x".repeat(200))).ready("x");
    of(Map.of("NOTIFY_SOCKET", "vsock:2:1234")).ready("x");
    of(Map.of()).ready("x");
  }

  @Test
  void aWatchdogIsToldTwiceInItsTime() {
    Map<String, String> environment = new HashMap<>();
    environment.put("WATCHDOG_USEC", "60000000");
    assertThat(of(environment).watchdogInterval()).as("without a socket").isEmpty();
    environment.put("NOTIFY_SOCKET", path());
    assertThat(of(environment).watchdogInterval()).contains(Duration.ofSeconds(30));
    environment.put("WATCHDOG_PID", Long.toString(PID));
    assertThat(of(environment).watchdogInterval()).contains(Duration.ofSeconds(30));
    environment.put("WATCHDOG_PID", "1");
    assertThat(of(environment).watchdogInterval()).as("another process's").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "1e3", "99999999999999999999"})
  void aWatchdogWithoutATimeIsNone(String time) {
    Map<String, String> environment = Map.of("NOTIFY_SOCKET", path(), "WATCHDOG_USEC", time);
    assertThat(of(environment).watchdogInterval()).isEmpty();
  }
}
