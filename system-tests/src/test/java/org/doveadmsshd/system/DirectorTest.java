package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Users are where a real Dovecot director has them. Its mail servers need not be there. */
@Timeout(240)
class DirectorTest {
  private static final Path PROGRAM = Path.of("/usr/lib/dovecot/director");
  private static final List<String> USERS =
      List.of("joe", "jane@example.org", "Jane@Example.ORG", "ann-lists@example.org", "kim.lee");
  private static final Map<String, String> ADDRESSES =
      Map.of("mail1", "127.0.0.11", "mail2", "127.0.0.12", "mail3", "127.0.0.13");

  @TempDir static Path directory;
  private static TestSite site;
  private static Path run;
  private static Process dovecot;

  @BeforeAll
  static void start() throws Exception {
    assumeThat(PROGRAM).as("a Dovecot 2.3; later ones have no director").exists();
    assumeThat(LiveDovecot.isPossible()).as("this is root").isTrue();
    site = TestSite.withoutServer(directory, 1, "");
    run = Files.createTempDirectory("ring"); // names of sockets are short
    Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxr-xr-x"));
    dovecot = LiveDovecot.start(run, director(), "run/director-userdb");
    StringBuilder client = new StringBuilder("state_directory = state\n");
    ADDRESSES.forEach(
        (name, address) ->
            client.append("server %s {\nhost = %s\nuser = admin\n}\n".formatted(name, address)));
    client.append("placement {\ndriver = passdb\n}\n");
    client.append("passdb {\ndriver = dovecot\nargs = %s/run/director-userdb\n}\n".formatted(run));
    Files.writeString(directory.resolve("doveadm-ssh.conf"), client);
  }

  private static String director() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return """
          base_dir = %1$s/run
          state_dir = %1$s/state
          log_path = %1$s/log
          protocols =
          ssl = no
          director_servers = 127.0.0.1:%2$d
          director_mail_servers = %3$s
          passdb {
            driver = static
            args = proxy=y nopassword=y
          }
          service director {
            unix_listener director-userdb {
              mode = 0600
            }
            unix_listener login/director {
              mode = 0666
            }
            inet_listener {
              address = 127.0.0.1
              port = %2$d
            }
          }
          """
          .formatted(run, free.getLocalPort(), String.join(" ", ADDRESSES.values()));
    }
  }

  @AfterAll
  static void stop() throws Exception {
    if (dovecot != null) {
      dovecot.destroy();
      dovecot.waitFor(10, TimeUnit.SECONDS);
      dovecot.destroyForcibly();
    }
  }

  /** What {@code doveadm director} answers. */
  private static String director(String... words) throws Exception {
    List<String> line =
        new ArrayList<>(
            List.of("doveadm", "-c", run.resolve("dovecot.conf").toString(), "director"));
    line.addAll(List.of(words));
    TestSite.Result result = site.exec(new byte[0], line.toArray(String[]::new));
    assertThat(result.code()).as(result.error()).isZero();
    return result.out();
  }

  /** The address where the ring has a user now. */
  private static String current(String user) throws Exception {
    String status = director("status", user);
    assertThat(status).startsWith("Current: 127.0.0.");
    return status.split(" ")[1];
  }

  /** Servers of users, as {@code where} says. */
  private static Map<String, String> where(List<String> users) throws Exception {
    List<String> words = new ArrayList<>(List.of("-f", "tab", "-h", "where"));
    words.addAll(users);
    TestSite.Result result = site.doveadmSsh(words.toArray(String[]::new));
    assertThat(result.code()).as(result.error()).isZero();
    Map<String, String> servers = new LinkedHashMap<>();
    for (String row : result.lines()) {
      servers.put(row.split("\t")[0], row.split("\t")[1]);
    }
    return servers;
  }

  @Test
  void whereSaysWhatTheDirectorSays() throws Exception {
    Map<String, String> servers = where(USERS);
    assertThat(servers.keySet()).containsExactlyInAnyOrderElementsOf(USERS);
    for (String user : USERS) {
      assertThat(ADDRESSES.get(servers.get(user))).as(user).isEqualTo(current(user));
    }
    assertThat(servers.get("jane@example.org"))
        .as("the director takes both for one")
        .isEqualTo(servers.get("Jane@Example.ORG"));
  }

  @Test
  void aUserWhoIsMovedIsWhereHeWasMovedTo() throws Exception {
    String before = where(List.of("moved")).get("moved");
    String other = before.equals("mail3") ? "mail1" : "mail3";
    director("move", "moved", ADDRESSES.get(other));
    assertThat(where(List.of("moved"))).containsEntry("moved", other);
    assertThat(current("moved")).isEqualTo(ADDRESSES.get(other));
  }

  @Test
  void aServerThatTheConfigurationDoesNotHaveIsNamed() throws Exception {
    director("add", "127.0.0.14");
    try {
      director("move", "stranger", "127.0.0.14");
      TestSite.Result result = site.doveadmSsh("where", "stranger");
      assertThat(result.code()).isEqualTo(65);
      assertThat(result.error()).contains("stranger: ", "127.0.0.14");
    } finally {
      director("remove", "127.0.0.14");
    }
  }
}
