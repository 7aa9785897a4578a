package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The brain on an administrator's machine: a process of its own, lanes over SSH. */
@Timeout(120)
class DoveadmSshTest {
  @TempDir static Path directory;
  private static TestSite site;

  @BeforeAll
  static void start() throws Exception {
    site = new TestSite(directory, 30);
  }

  @AfterAll
  static void stop() {
    site.close();
  }

  @BeforeEach
  void knowTheHost() throws Exception {
    site.knowHost(Files.readString(directory.resolve("host_key.pub")));
  }

  @Test
  void answersAsTheServersOwnBrainDoes() throws Exception {
    for (List<String> line :
        List.of(
            List.of("search", "-A", "mailbox", "INBOX", "seen"),
            List.of("-f", "ndjson", "fetch", "-A", "uid hdr.subject", "mailbox", "Sent", "all"),
            List.of("-f", "json", "mailbox", "list", "-A"),
            List.of("fetch", "-u", "user0001@example.com", "text", "all"),
            List.of("user", "user0001@example.com"),
            List.of("user", "*@example.org"))) {
      TestSite.Result here = site.doveadmSsh(line.toArray(String[]::new));
      TestSite.Result there = site.doveadm("'" + String.join("' '", line) + "'");
      assertThat(here.code()).as(here.error()).isZero();
      assertThat(records(here)).as(line.toString()).isEqualTo(records(there));
    }
  }

  /** What was printed, in an order of its own: which user is done first depends on time. */
  private static List<String> records(TestSite.Result result) {
    return Arrays.stream(result.out().split("\n|(?<=\\}),(?=\\{)|^\\[|\\]$")).sorted().toList();
  }

  @Test
  void readsNamesFromAFileOfItsOwnMachine() throws Exception {
    Path names = Files.writeString(directory.resolve("names"), "user0002@example.org\nnobody\n");
    TestSite.Result result =
        site.doveadmSsh("search", "-F", names.toString(), "mailbox", "INBOX", "1");
    assertThat(result.code()).isZero();
    assertThat(result.lines()).hasSize(1);
    assertThat(result.error()).contains("doveadm(nobody): Info: User no longer exists");
    assertThat(site.doveadmSsh("search", "-F", "/nosuch", "all").code()).isEqualTo(64);
  }

  @Test
  void anUnknownHostKeyStopsBeforeAnythingIsSent() throws Exception {
    Files.writeString(directory.resolve("known_hosts"), "");
    TestSite.Result result = site.doveadmSsh("expunge", "-A", "mailbox", "Trash", "all");
    assertThat(result.code()).isNotZero();
    assertThat(result.error()).contains("is not known").contains("SHA256:");
    assertThat(Files.size(directory.resolve("known_hosts"))).isZero();
  }

  @Test
  void aChangedHostKeyStopsWithAWarning() throws Exception {
    site.knowHost(Files.readString(directory.resolve("key-stranger.pub")));
    TestSite.Result result = site.doveadmSsh("who");
    assertThat(result.code()).isNotZero();
    assertThat(result.error()).contains("HAS CHANGED").contains("ssh-keygen -R");
  }

  @Test
  void aHashedHostNameIsRecognized() throws Exception {
    String file = directory.resolve("known_hosts").toString();
    site.exec(new byte[0], "ssh-keygen", "-H", "-f", file);
    assertThat(Files.readString(Path.of(file))).startsWith("|1|");
    assertThat(site.doveadmSsh("who").code()).isZero();
  }

  @Test
  void ctrlCEndsARunWhileAServerHangsAndSaysWhatWasDone() throws Exception {
    Path file = directory.resolve("doveadm-ssh.conf");
    String right = Files.readString(file);
    Path socket = directory.resolve("hangs");
    try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      silent.bind(UnixDomainSocketAddress.of(socket)); // takes connections, and that is all
      Files.writeString(file, right + "server hangs {\nsocket = " + socket + "\n}\n");
      // What runs the tests in the background may have them ignore Ctrl-C.
      List<String> words = new ArrayList<>(List.of("env", "--default-signal=INT"));
      words.addAll(site.doveadmSshWords("-v", "search", "-A", "mailbox", "INBOX", "1"));
      Process run = new ProcessBuilder(words).start();
      try (BufferedReader out = run.inputReader()) {
        for (int user = 0; user < 30; user++) {
          assertThat(out.readLine()).isNotNull();
        }
        new ProcessBuilder("kill", "-INT", Long.toString(run.pid())).start().waitFor();
        String error = new String(run.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(run.waitFor()).as(error).isEqualTo(75);
        assertThat(error).contains("Stopped").contains("search: 30 users");
      } finally {
        run.destroyForcibly();
      }
    } finally {
      Files.writeString(file, right);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"keygen", "trust"})
  void whoAsksForHelpGetsIt(String word) throws Exception {
    TestSite.Result result = site.doveadmSsh(word, "--help");
    assertThat(result.code()).as(result.error()).isZero();
    assertThat(result.out()).startsWith("usage: doveadm-ssh " + word).contains("--help");
  }

  @Test
  void aServerThatIsDownIsSaidOnce() throws Exception {
    Path file = directory.resolve("doveadm-ssh.conf");
    String right = Files.readString(file);
    try {
      Files.writeString(file, right.replaceAll("port = [0-9]+", "port = 1"));
      TestSite.Result result = site.doveadmSsh("search", "-A", "all");
      assertThat(result.code()).isEqualTo(75);
      assertThat(result.error().split("Cannot connect", -1)).hasSize(2);
    } finally {
      Files.writeString(file, right);
    }
  }
}
