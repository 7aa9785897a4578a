package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of those who are connected when the server stops. */
@Timeout(120)
class StoppingTest {
  @TempDir Path directory;

  @Test
  void aRunUnderWayIsFinishedAndNobodyNewIsLetIn() throws Exception {
    try (TestSite site = new TestSite(directory, 10)) {
      List<String> words = site.ssh("admin");
      words.add("doveadm search -F - mailbox INBOX 1");
      Process client = new ProcessBuilder(words).start();
      client.getOutputStream().write("user0001@example.com\n".getBytes());
      client.getOutputStream().flush();
      InputStream out = client.getInputStream();
      assertThat(out.read()).isPositive(); // it is under way
      Thread stopping = new Thread(() -> site.daemon.stop(Duration.ofSeconds(30)));
      stopping.start();
      while (site.doveadm("who").code() != 255) {
        Thread.onSpinWait(); // until it listens no more
      }
      client.getOutputStream().write("user0002@example.org\n".getBytes());
      client.getOutputStream().close();
      assertThat(client.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(client.exitValue()).isZero();
      assertThat(new String(out.readAllBytes())).contains("user0002@example.org");
      stopping.join(30_000);
      assertThat(stopping.isAlive()).isFalse();
    }
  }

  @Test
  void aRunThatGoesOnTooLongIsStoppedWithAnExitCode() throws Exception {
    try (TestSite site = new TestSite(directory, 10)) {
      List<String> words = site.ssh("admin");
      words.add("doveadm search -F - mailbox INBOX 1");
      Process client = new ProcessBuilder(words).start();
      client.getOutputStream().write("user0001@example.com\n".getBytes());
      client.getOutputStream().flush();
      assertThat(client.getInputStream().read()).isPositive();
      site.daemon.stop(Duration.ofMillis(10));
      assertThat(client.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(client.exitValue()).isNotZero();
    }
  }
}
