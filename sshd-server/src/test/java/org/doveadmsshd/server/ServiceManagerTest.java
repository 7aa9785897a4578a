package org.doveadmsshd.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.testing.NotifyReceiver;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program doveadm-sshd as systemd starts it, asks it to reload, watches and stops it. */
@Timeout(120)
class ServiceManagerTest {
  private static final Duration PATIENCE = Duration.ofMillis(300);

  @TempDir Path directory;
  private SiteFiles site;

  @BeforeEach
  void write() throws IOException {
    site = SiteFiles.in(directory);
  }

  private Process start(String watchdogMicros) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                "env",
                "--default-signal=HUP", // which nohup has its children ignore
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "-c",
                site.file().toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("output").toFile());
    builder.environment().put("NOTIFY_SOCKET", notifySocket());
    builder.environment().put("WATCHDOG_USEC", watchdogMicros);
    return builder.start();
  }

  private String notifySocket() {
    return directory.resolve("notify").toString();
  }

  private static void signal(Process process, String signal) throws Exception {
    List<String> kill = List.of("kill", "-" + signal, Long.toString(process.pid()));
    assertThat(new ProcessBuilder(kill).start().waitFor()).isZero();
  }

  @Test
  void itIsReadyWhenItListensAndSaysWhenItReloadsAndStops() throws Exception {
    try (NotifyReceiver systemd = new NotifyReceiver(notifySocket())) {
      Process process = start("");
      try {
        assertThat(systemd.receive()).matches("READY=1\nSTATUS=Listens on 127.0.0.1 port [0-9]+");
        signal(process, "HUP");
        assertThat(systemd.receive()).startsWith("RELOADING=1\nMONOTONIC_USEC=");
        assertThat(systemd.receive()).isEqualTo("READY=1\nSTATUS=The configuration was read anew");
        Files.writeString(site.file(), "nonsense = 1\n", StandardOpenOption.APPEND);
        signal(process, "HUP");
        assertThat(systemd.receive()).startsWith("RELOADING=1\n");
        assertThat(systemd.receive())
            .startsWith("READY=1\nSTATUS=Not reloaded, all is as before: ")
            .contains("nonsense");
        signal(process, "TERM");
        assertThat(systemd.receive()).isEqualTo("STOPPING=1\nEXTEND_TIMEOUT_USEC=60000000");
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      } finally {
        process.destroyForcibly();
      }
    }
  }

  @Test
  void itSaysThatItIsAliveAsOftenAsItIsAsked() throws Exception {
    try (NotifyReceiver systemd = new NotifyReceiver(notifySocket())) {
      Process process = start("2000000");
      try {
        assertThat(systemd.receive()).startsWith("READY=1\n");
        for (int i = 0; i < 3; i++) {
          assertThat(systemd.receive()).isEqualTo("WATCHDOG=1");
        }
        assertThat(directory.resolve("output")).content().doesNotContain("onnection", "answer");
      } finally {
        process.destroyForcibly();
      }
    }
  }

  @Test
  void aServerThatAcceptsButSaysNothingIsNotAlive() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThat(new Watchdog("127.0.0.1", silent.getLocalPort(), PATIENCE).isAnswered()).isFalse();
    }
  }

  @Test
  void aServerThatHasGoneIsNotAlive() throws Exception {
    int port;
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      port = gone.getLocalPort();
    }
    assertThat(new Watchdog("127.0.0.1", port, PATIENCE).isAnswered()).isFalse();
  }
}
