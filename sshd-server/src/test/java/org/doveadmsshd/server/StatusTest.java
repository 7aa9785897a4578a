package org.doveadmsshd.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.doveadmsshd.server.ssh.Caller;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a running server says of itself: its status, and its metrics. */
@Timeout(60)
class StatusTest {
  @TempDir Path directory;
  private SiteFiles site;
  private Daemon daemon;
  private Caller caller;

  @BeforeEach
  void write() throws Exception {
    site = SiteFiles.in(directory);
  }

  @AfterEach
  void stop() {
    if (caller != null) {
      caller.close();
    }
    if (daemon != null) {
      daemon.stop(Duration.ZERO);
    }
  }

  private void start() throws Exception {
    daemon = site.daemon();
    daemon.start();
    caller = new Caller(daemon.port());
  }

  private Caller.Ended status() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      return admin.run("doveadm -f tab status");
    }
  }

  private static String line(Caller.Ended ended, String part) {
    return ended.lines().stream()
        .filter(line -> line.startsWith(part + "\t"))
        .findFirst()
        .orElse("nothing of " + part);
  }

  @Test
  void aServerThatIsWellSaysSoOfEachPart() throws Exception {
    start();
    Caller.Ended status = status();
    assertThat(status.code()).as(status.toString()).isZero();
    assertThat(line(status, "server")).contains("\tok\ttest 1.0, Java ");
    assertThat(line(status, "configuration")).contains("\tok\t" + site.file() + ", read ");
    assertThat(line(status, "ssh")).contains("port " + daemon.port() + "; connections: 1, before");
    assertThat(line(status, "sessions")).contains("runs: 1,");
    assertThat(line(status, "userdb passwd-file")).contains("\tok\t", "failures: 0");
    assertThat(line(status, "metrics")).contains("off");
    assertThat(status.lines()).noneMatch(line -> line.contains("\tfailed\t"));
  }

  @Test
  void aUserdbThatDoesNotAnswerFailsTheStatusWithItsReasonUntilItAnswersAgain() throws Exception {
    start();
    Path users = directory.resolve("users");
    Path aside = directory.resolve("aside");
    Files.move(users, aside);
    Caller.Ended status = status();
    assertThat(status.code()).isEqualTo(75);
    assertThat(line(status, "userdb passwd-file")).contains("\tfailed\t", "; last failure 20");
    assertThat(status.error()).contains("Not well: userdb passwd-file");
    Files.move(aside, users);
    status = status();
    assertThat(status.code()).isZero();
    assertThat(line(status, "userdb passwd-file")).contains("\tok\t", "; last failure 20");
  }

  @Test
  void aConfigurationThatWasChangedIsAWarningUntilItIsReadAnew() throws Exception {
    start();
    site.configure("lock_timeout = 7s\n");
    Caller.Ended status = status();
    assertThat(status.code()).isZero();
    assertThat(line(status, "configuration")).contains("\twarning\t", "changed since");
    site.configure("nonsense = 1\n");
    assertThat(line(status(), "configuration")).contains("\twarning\t", "has mistakes now");
    site.configure("");
    daemon.reload();
    assertThat(line(status(), "configuration")).contains("\tok\t");
  }

  @Test
  void aKeyThatHasEndedIsAWarning() throws Exception {
    Path keys = directory.resolve("authorized/admin");
    String key = Files.readString(keys);
    Files.writeString(keys, key + "expiry-time=\"20200101Z\" " + key);
    start();
    assertThat(line(status(), "keys of admin")).contains("\twarning\t", "ended 2020-01-01");
  }

  @Test
  void aSocketThatIsGoneFailsTheStatus() throws Exception {
    Path sockets = Files.createTempDirectory("s"); // names of sockets are short
    Path own = sockets.resolve("own");
    site.configure("service doveadm {\n unix_listener " + own + " {\n }\n}\n");
    start();
    assertThat(line(status(), "socket " + own)).contains("\tok\t");
    Files.delete(own);
    Caller.Ended status = status();
    assertThat(status.code()).isEqualTo(75);
    assertThat(line(status, "socket " + own)).contains("\tfailed\tgone");
    Files.deleteIfExists(sockets);
  }

  @Test
  void metricsAreToldWhereTheConfigurationSays() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket()) {
      free.bind(new InetSocketAddress("127.0.0.1", 0));
      port = free.getLocalPort();
    }
    site.configure("metrics_listen = 127.0.0.1:" + port + "\n");
    start();
    try (Caller.LoggedIn admin = caller.admin()) {
      admin.run("doveadm search -A all");
      admin.run("doveadm search -u nobody all");
    }
    assertThat(line(status(), "metrics")).contains("127.0.0.1:" + port);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build();
    List<String> lines =
        HttpClient.newHttpClient()
            .send(request, HttpResponse.BodyHandlers.ofString())
            .body()
            .lines()
            .toList();
    assertThat(lines)
        .contains(
            "doveadm_runs_total{command=\"search\",code=\"0\"} 1",
            "doveadm_runs_total{command=\"search\",code=\"67\"} 1",
            "doveadm_users_total{outcome=\"ok\"} 2",
            "doveadm_users_total{outcome=\"no-such-user\"} 1",
            "doveadm_logins_total{method=\"publickey\",result=\"ok\"} 2",
            "doveadm_login_seconds_count 2",
            "doveadm_user_seconds_count 3",
            "doveadm_backend_up{backend=\"userdb passwd-file\"} 1",
            "doveadm_queue_length{queue=\"runs\"} 0")
        .anyMatch(line -> line.matches("doveadm_sent_bytes_total [1-9][0-9.E]+"))
        .anyMatch(line -> line.matches("doveadm_received_bytes_total [1-9][0-9.E]+"))
        .noneMatch(line -> line.contains("jane") || line.contains("admin"));
  }
}
