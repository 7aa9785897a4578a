package org.doveadmsshd.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.worker.audit.Audit;
import org.doveadmsshd.worker.audit.AuditEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a scraper gets, also one that knows no manners. */
@Timeout(60)
class MetricsEndpointTest {
  private final ServerMetrics metrics =
      new ServerMetrics(Audit.NONE, teller -> teller.tell(Metric.SESSIONS, 3, "run"));
  private final MetricsEndpoint endpoint = new MetricsEndpoint(metrics, Duration.ofSeconds(2));
  private SocketAddress address;

  @BeforeEach
  void start() throws Exception {
    address = endpoint.start(new InetSocketAddress("127.0.0.1", 0));
  }

  @AfterEach
  void close() {
    endpoint.close();
  }

  private static String ask(SocketAddress where, String request) throws IOException {
    try (SocketChannel channel = SocketChannel.open(where)) {
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1)));
      return read(channel);
    }
  }

  private static String read(SocketChannel channel) throws IOException {
    ByteBuffer answer = ByteBuffer.allocate(1 << 20);
    try {
      while (channel.read(answer) >= 0) {
        // until it is closed
      }
    } catch (IOException e) {
      // reset: it was closed while there was more to read
    }
    return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
  }

  private String scrape() throws IOException {
    String answer = ask(address, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n");
    return answer.substring(answer.indexOf("\r\n\r\n") + 4);
  }

  private static AuditEvent user(Outcome outcome, long micros) {
    return new AuditEvent(
        "user",
        "admin",
        Login.NONE,
        "search",
        List.of(),
        "secret@example.org",
        outcome.exitCode(),
        outcome.word(),
        "",
        Map.of(),
        micros);
  }

  @Test
  void whatIsAccountedForIsCounted() throws Exception {
    metrics.note(user(Outcome.OK, 900));
    metrics.note(user(Outcome.OK, 30_000_000));
    metrics.note(user(Outcome.NO_USER, 1));
    for (String line : List.of("-f tab search -A all", "mailbox list -u x", "no\nsense", "")) {
      metrics.note(AuditEvent.command("admin", Login.NONE, List.of(line.split(" ")), 75, "", 1000));
    }
    metrics.note(AuditEvent.login("a", new Login("publickey SHA256:x", "::1"), Outcome.OK));
    metrics.note(AuditEvent.login("b", new Login("password", "::1"), Outcome.NO_PERMISSION));
    metrics.note(AuditEvent.login("c", new Login("ev\"il", "::1"), Outcome.OK));
    metrics.loggedIn(2500);
    assertThat(scrape().lines())
        .contains(
            "# TYPE doveadm_users_total counter",
            "doveadm_users_total{outcome=\"ok\"} 2",
            "doveadm_users_total{outcome=\"no-such-user\"} 1",
            "doveadm_runs_total{command=\"search\",code=\"75\"} 1",
            "doveadm_runs_total{command=\"mailbox list\",code=\"75\"} 1",
            "doveadm_runs_total{command=\"other\",code=\"75\"} 2",
            "doveadm_logins_total{method=\"publickey\",result=\"ok\"} 1",
            "doveadm_logins_total{method=\"password\",result=\"refused\"} 1",
            "doveadm_logins_total{method=\"other\",result=\"ok\"} 1",
            "doveadm_user_seconds_bucket{le=\"0.0005\"} 1",
            "doveadm_user_seconds_bucket{le=\"0.001\"} 2",
            "doveadm_user_seconds_bucket{le=\"30\"} 3",
            "doveadm_user_seconds_bucket{le=\"+Inf\"} 3",
            "doveadm_user_seconds_sum 30.000901",
            "doveadm_user_seconds_count 3",
            "doveadm_login_seconds_count 1",
            "doveadm_sessions{kind=\"run\"} 3")
        .noneMatch(line -> line.contains("secret") || line.contains("evil"));
  }

  @Test
  void everyLineIsOfPrometheusTextFormat() throws Exception {
    metrics.note(user(Outcome.OK, 900));
    assertThat(scrape().lines())
        .isNotEmpty()
        .allMatch(
            line ->
                line.matches("# (HELP|TYPE) [a-z_]+ [^\n]+")
                    || line.matches("[a-z_]+(\\{([a-z]+=\"[^\"\\\\]*\",?)+\\})? [0-9.E+-]+"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET / HTTP/1.1 | 404 Not Found",
        "GET /metrics?x=1 HTTP/1.0 | 200 OK",
        "POST /metrics HTTP/1.1 | 405 Method Not Allowed",
        "GET /metrics | 400 Bad Request",
        "SSH-2.0-x | 400 Bad Request",
        "GET /../etc/passwd HTTP/1.1 | 404 Not Found",
      })
  void otherRequestsAreAnsweredInOneLine(String request, String status) throws Exception {
    assertThat(ask(address, request + "\r\n\r\n")).startsWith("HTTP/1.1 " + status + "\r\n");
  }

  @Test
  void onlyTheHeadIsSentToWhoAsksForThat() throws Exception {
    String answer = ask(address, "HEAD /metrics HTTP/1.1\r\n\r\n");
    assertThat(answer).contains("Content-Length: ").endsWith("\r\n\r\n");
  }

  @Test
  void aRequestThatIsTooLongIsRefused() throws Exception {
    assertThat(ask(address, "GET /metrics HTTP/1.1\r\nX: " + "y".repeat(9000)))
        .matches(answer -> answer.isEmpty() || answer.startsWith("HTTP/1.1 431 "));
    scrape();
  }

  @Test
  void thoseWhoSayNothingAreClosedAndTheNextOneIsAnswered() throws Exception {
    List<SocketChannel> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 40; i++) {
        silent.add(SocketChannel.open(address));
      }
      for (SocketChannel each : silent) {
        assertThat(read(each)).isEmpty();
      }
      assertThat(scrape()).contains("doveadm_sessions");
    } finally {
      for (SocketChannel each : silent) {
        each.close();
      }
    }
  }

  @Test
  void aSocketIsForItsOwnerAndGroupAndGoneAfterwards() throws Exception {
    Path directory = Files.createTempDirectory("m"); // names of sockets are short
    Path path = directory.resolve("metrics");
    MetricsEndpoint other = new MetricsEndpoint(metrics);
    other.start(UnixDomainSocketAddress.of(path));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-rw----");
    String answer = ask(UnixDomainSocketAddress.of(path), "GET /metrics HTTP/1.1\n\n");
    assertThat(answer).contains("doveadm_sessions{kind=\"run\"} 3");
    other.close();
    assertThat(path).doesNotExist();
    Files.delete(directory);
  }
}
