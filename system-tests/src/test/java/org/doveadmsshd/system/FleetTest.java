package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two servers, and an administrator who takes them out of use. */
@Timeout(120)
class FleetTest {
  private static final int USERS = 10;

  @TempDir static Path one;
  @TempDir static Path two;
  private static TestSite first;
  private static TestSite second;

  @BeforeAll
  static void start() throws Exception {
    first = new TestSite(one, USERS);
    second = new TestSite(two, USERS);
    String known = Files.readString(one.resolve("known_hosts"));
    Files.writeString(
        one.resolve("known_hosts"), known + Files.readString(two.resolve("known_hosts")));
    Files.writeString(
        one.resolve("doveadm-ssh.conf"),
        """
        known_hosts = known_hosts
        state_directory = state
        server web1 {
          host = 127.0.0.1
          port = %d
          user = admin
          identity = key-admin
        }
        server web2 {
          host = 127.0.0.1
          port = %d
          user = admin
          identity = %s
        }
        """
            .formatted(first.port(), second.port(), two.resolve("key-admin")));
  }

  @AfterAll
  static void stop() {
    first.close();
    second.close();
  }

  @BeforeEach
  void allAreUp() throws Exception {
    Files.deleteIfExists(one.resolve("state/servers"));
  }

  private static List<String> values(String line) {
    return List.of(line.split("\t", -1));
  }

  @Test
  void eachServerSaysHowItIs() throws Exception {
    TestSite.Result result = first.doveadmSsh("-f", "tab", "-h", "servers");
    assertThat(result.code()).as(result.error()).isZero();
    assertThat(result.lines()).hasSize(2);
    List<String> web2 = values(result.lines().get(1));
    assertThat(web2.subList(0, 3)).containsExactly("web2", "up", "8");
    assertThat(Double.parseDouble(web2.get(5))).isPositive();
    assertThat(Math.abs(Double.parseDouble(web2.get(6)))).isLessThan(60);
    assertThat(web2.get(7)).isEqualTo("test");
  }

  @Test
  void howFastTheLastRunWasIsShownForEachServer() throws Exception {
    String[] words = {"flags", "add", "-A", "\\Flagged", "mailbox", "INBOX", "1"};
    assertThat(first.doveadmSsh(words).code()).isZero();
    TestSite.Result result = first.doveadmSsh("-f", "tab", "-h", "servers");
    for (String line : result.lines()) {
      assertThat(Integer.parseInt(values(line).get(3))).isBetween(1, 8);
      assertThat(Double.parseDouble(values(line).get(4))).isPositive();
    }
  }

  @Test
  void aDrainedServerGetsNoUserAndTheOtherGoesOn() throws Exception {
    assertThat(first.doveadmSsh("servers", "drain", "web1").code()).isZero();
    TestSite.Result result = first.doveadmSsh("search", "-A", "mailbox", "INBOX", "1");
    assertThat(result.code()).isEqualTo(75);
    assertThat(result.lines()).hasSize(USERS);
    assertThat(result.error()).contains("Server web1 is drained since ", USERS + " failed");
    result = first.doveadmSsh("search", "-u", "user0001@example.com", "mailbox", "INBOX", "1");
    assertThat(result.code()).as(result.error()).isZero();
    assertThat(first.doveadmSsh("who").code()).isZero();
  }

  @Test
  void aServerThatIsDownIsNotConnectedToAndSaysSo() throws Exception {
    assertThat(first.doveadmSsh("servers", "down", "web2").code()).isZero();
    TestSite.Result result = first.doveadmSsh("search", "-A", "mailbox", "INBOX", "1");
    assertThat(result.code()).isEqualTo(75);
    assertThat(result.lines()).hasSize(USERS);
    assertThat(result.error()).contains("Server web2 is down since ", "its users are not listed");
    assertThat(first.doveadmSsh("servers", "up", "web2").code()).isZero();
    assertThat(first.doveadmSsh("search", "-A", "mailbox", "INBOX", "1").code()).isZero();
  }
}
