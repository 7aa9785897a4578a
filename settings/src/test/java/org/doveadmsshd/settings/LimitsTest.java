package org.doveadmsshd.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.doveadmsshd.accounts.Confine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What zero and the largest values of limits mean, or that they are refused. */
class LimitsTest {
  private static final String BASE = "userdb {\n driver = passwd-file\n args = users\n}\n";

  @TempDir Path directory;

  @BeforeEach
  void makeFiles() throws IOException {
    Files.writeString(directory.resolve("users"), "");
  }

  /** Lines are separated by {@code ~}. */
  private Settings read(String lines) throws IOException, Settings.InvalidException {
    Path file =
        Files.writeString(directory.resolve("test.conf"), BASE + lines.replace('~', '\n') + "\n");
    return Settings.read(file, List.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "login_timeout = 0 | expected more than 0s",
        "login_timeout = 0 mins | expected more than 0s",
        "login_timeout = 0ms | expected more than 0s",
        "login_timeout = 5201 weeks | expected 5200 weeks or less",
        "max_connections = 0 | expected 1 or more",
        "max_connections = -1 | expected a number, such as 8",
        "metrics_listen = 0.0.0.0:9163 | expected a loopback address and a port, such as"
            + " 127.0.0.1:9163, or the path of a socket",
        "metrics_listen = 192.168.0.1:9163 | expected a loopback address and a port, such as"
            + " 127.0.0.1:9163, or the path of a socket",
        "metrics_listen = [::]:9163 | expected a loopback address and a port, such as"
            + " 127.0.0.1:9163, or the path of a socket",
        "metrics_listen = 127.0.0.1 | expected a loopback address and a port, such as"
            + " 127.0.0.1:9163, or the path of a socket",
        "metrics_listen = 127.0.0.256:1 | expected a loopback address and a port, such as"
            + " 127.0.0.1:9163, or the path of a socket",
        "metrics_listen = 127.0.0.1:65536 | expected a loopback address and a port, such as"
            + " 127.0.0.1:9163, or the path of a socket",
        "metrics_listen = 127.0.0.1.example.org:80 | expected a loopback address and a port, such as"
            + " 127.0.0.1:9163, or the path of a socket",
        "metrics_listen = metrics | expected a loopback address and a port, such as"
            + " 127.0.0.1:9163, or the path of a socket",
        "max_connections = 10000000 | expected a number, such as 8",
        "max_channels_per_connection = 0 | expected 1 or more",
        "max_connections_before_login = 0 | nobody could log in; expected 1 or more",
        "max_connections_before_login = 0:30:0 | nobody could log in; expected 1 or more",
        "max_connections_before_login = 0:100:9 | nobody could log in; expected 1 or more",
        "max_connections_before_login = 9:30:8 | expected <start>:<percent>:<full>, such as"
            + " 10:30:100, or one number",
        "max_connections_before_login_per_address = 0 | nobody could log in; expected 1 or more",
        "max_connections_before_login_per_address = 1:101:2 | expected <start>:<percent>:<full>,"
            + " such as 10:30:100, or one number",
        "input_timeout = 1000000 weeks | expected 5200 weeks or less",
        "lock_timeout = 999999999999 | expected 5200 weeks or less",
        "service doveadm {~confine = users~} | expected auto, user, site or no",
        "service doveadm {~confine = site~} | service_count = 1 gives each user a process;"
            + " expected user, or service_count = 0",
        "auth_cache_size = 1 | expected 0, or 1k to 1G",
        "auth_cache_size = 511 | expected 0, or 1k to 1G",
        "auth_cache_size = 2G | expected 0, or 1k to 1G",
        "auth_cache_size = 4T | expected 0, or 1k to 1G",
        "first_valid_uid = 4294967295 | expected a number from 0 to 4294967294",
        "last_valid_uid = -1 | expected a number from 0 to 4294967294",
        "first_valid_gid = 99999999999 | expected a number from 0 to 4294967294",
        "last_valid_uid = 499 | it is less than first_valid_uid; 0 is no limit",
        "service doveadm {~process_limit = 0~} | expected 1 or more",
        "service doveadm {~process_min_avail = 17~} | expected no more than process_limit",
        "service doveadm {~process_limit = 3~process_min_avail = 4~} | expected no more than"
            + " process_limit",
        "service doveadm {~vsz_limit = 0~} | a worker needs 64M at least",
        "service doveadm {~vsz_limit = 63M~} | a worker needs 64M at least",
        "service doveadm {~limit_open_files = 1~} | a worker needs 64 at least",
        "service doveadm {~limit_open_files = 63~} | a worker needs 64 at least",
        "service doveadm {~limit_cpu_time = 500ms~} | expected whole seconds",
        "service doveadm {~umask = 0700~} | it takes rights from the owner; expected 0000 to 0077",
        "service doveadm {~umask = 0177~} | it takes rights from the owner; expected 0000 to 0077",
        "service doveadm {~nice = 20~} | expected a number from 0 to 19",
        "service doveadm {~workers = 1001~} | expected 1000 or less",
        "service doveadm {~idle_kill = 5201 weeks~} | expected 5200 weeks or less",
        "server s {~host = h~user = u~workers = 0~} | expected 1 or more",
        "server s {~host = h~user = u~workers = 1001~} | expected 1000 or less",
        "server s {~host = h~user = u~max_rate = 0~} | expected a rate, such as 20 or 30/min",
        "server s {~host = h~user = u~max_rate = x/s~} | expected a rate, such as 20 or 30/min",
        "server s {~host = h~user = u~port = 0~} | expected a port from 1 to 65535",
        "server s {~host = h~user = u~port = 65536~} | expected a port from 0 to 65535",
      })
  void whatWouldMakeTheServerUselessIsRefusedWhereItStands(String lines, String why)
      throws Exception {
    Settings.InvalidException invalid =
        catchThrowableOfType(Settings.InvalidException.class, () -> read(lines));
    assertThat(invalid).as(lines).isNotNull();
    String[] all = lines.split("~");
    int at = all.length == 1 ? 0 : all.length - 2; // the last one in its section
    assertThat(invalid.problems())
        .extracting(problem -> problem.toString().replace(directory + "/", ""))
        .containsExactly("test.conf:%d: %s: %s".formatted(5 + at, all[at].strip(), why));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "login_timeout = 1ms",
        "login_timeout = 5200 weeks",
        "max_connections = 1",
        "max_connections = 9999999",
        "max_channels_per_connection = 1",
        "max_connections_before_login = 1",
        "max_connections_before_login = 0:99:1",
        "auth_cache_size = 1k",
        "auth_cache_size = 1G",
        "first_valid_uid = 1500000000~last_valid_uid = 4294967294",
        "first_valid_uid = 500~last_valid_uid = 500",
        "service doveadm {~process_limit = 1~}",
        "service doveadm {~process_limit = 1~process_min_avail = 1~}",
        "service doveadm {~vsz_limit = 64M~limit_open_files = 64~limit_cpu_time = 1s~}",
        "service doveadm {~umask = 0000~}",
        "service doveadm {~umask = 077~}",
        "service doveadm {~workers = 1000~}",
        "server s {~host = h~user = u~workers = 1~port = 1~}",
        "port = 0",
      })
  void theLeastAndTheMostAreTaken(String lines) throws Exception {
    assertThat(read(lines)).isNotNull();
  }

  /** Zero as Dovecot means it, or as docs/LIMITS.md and docs/SUPERVISOR.md say. */
  @Test
  void zeroIsNoLimitWhereTheDocumentsSaySo() throws Exception {
    Settings settings =
        read(
            """
            input_timeout = 0
            write_timeout = 0
            lock_timeout = 0
            shutdown_timeout = 0
            auth_failure_delay = 0
            auth_cache_size = 0
            auth_cache_ttl = 0
            auth_cache_negative_ttl = 0
            first_valid_uid = 0
            last_valid_uid = 0
            first_valid_gid = 0
            service doveadm {
              service_count = 0
              process_min_avail = 0
              idle_kill = 0
              answer_timeout = 0
              limit_open_files = 0
              limit_cpu_time = 0
              limit_file_size = 0
              limit_core = 0
              workers = 0
            }
            """);
    assertThat(settings.connections().inputTimeout()).isZero();
    assertThat(settings.connections().writeTimeout()).isZero();
    assertThat(settings.mail().lockTimeout()).isZero();
    assertThat(settings.shutdownTimeout()).isZero();
    assertThat(settings.logins().failureDelay()).isZero();
    assertThat(settings.auth().cache())
        .isEqualTo(new Settings.AuthCache(0, Duration.ZERO, Duration.ZERO));
    assertThat(settings.work().isolation().lastUid()).isZero();
    Settings.ProcessSettings processes = settings.work().processes();
    assertThat(processes.serviceCount()).isZero();
    assertThat(processes.minAvail()).isZero();
    assertThat(processes.idleKill()).isZero();
    assertThat(processes.answerTimeout()).isZero();
    assertThat(processes.limits()).isEqualTo(new Settings.ResourceLimits(256L << 20, 0, 0, 0, 0));
    assertThat(settings.work().lanes()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "1, auto, USER",
    "3, auto, USER",
    "0, auto, SITE",
    "0, yes, USER",
    "0, user, USER",
    "0, no, NO",
    "3, site, SITE",
    "1, yes, USER",
    "1, no, NO",
  })
  void processesForManySeeTheMailOfTheirUsersUnlessToldOtherwise(
      int count, String word, Confine expected) throws Exception {
    Settings settings =
        read("service doveadm {~service_count = %d~confine = %s~}".formatted(count, word));
    assertThat(settings.work().processes().confine()).isEqualTo(expected);
  }

  @Test
  void uidsOfAnySizeAreTaken() throws Exception {
    Settings settings =
        read(
            "first_valid_uid = 1500000000~last_valid_uid = 4294967294~first_valid_gid = 3000000000");
    assertThat(settings.work().isolation().firstUid()).isEqualTo(1_500_000_000L);
    assertThat(settings.work().isolation().lastUid()).isEqualTo(4_294_967_294L);
    assertThat(settings.work().isolation().firstGid()).isEqualTo(3_000_000_000L);
  }

  @Test
  void theLongestTimesCanBeCountedInNanoseconds() throws Exception {
    Settings settings = read("service doveadm {~idle_kill = 5200 weeks~}");
    assertThat(settings.work().processes().idleKill().toNanos() + System.nanoTime()).isPositive();
  }

  @Test
  void moreProcessesAheadOfNeedThanThereMayBeAreNoMistakeWhereNobodyHasAskedForThem()
      throws Exception {
    Settings settings = read("service doveadm {~process_limit = 1~}");
    assertThat(settings.work().processes().minAvail()).isEqualTo(2);
    assertThat(settings.work().processes().limit()).isEqualTo(1);
  }
}
