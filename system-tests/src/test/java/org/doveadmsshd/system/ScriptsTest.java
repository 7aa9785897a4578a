package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scripts, as the ssh client of OpenSSH sends them and as doveadm-ssh carries them out. */
@Timeout(180)
class ScriptsTest {
  private static final String USER = "user0002@example.org";

  @TempDir static Path directory;
  private static TestSite site;

  @BeforeAll
  static void start() throws Exception {
    site = new TestSite(directory, 4);
    site.knowHost(Files.readString(directory.resolve("host_key.pub")));
  }

  @AfterAll
  static void stop() {
    site.close();
  }

  /** Carries a script out in one of the two ways. */
  private static TestSite.Result run(String way, byte[] script) throws Exception {
    List<String> words =
        way.equals("ssh") ? site.ssh("admin", "-T") : site.doveadmSshWords("run", "-");
    return site.exec(script, words.toArray(String[]::new));
  }

  private static TestSite.Result run(String way, String script) throws Exception {
    return run(way, script.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ssh", "doveadm-ssh"})
  void resultsAreThoseOfTheCommandsAlone(String way) throws Exception {
    TestSite.Result result =
        run(way, "# all\r\nuse " + USER + "\r\nset format tab\r\nfetch uid \\\r\n mailbox INBOX 1");
    assertThat(result.error()).doesNotContain("doveadm: ");
    assertThat(result.out())
        .isEqualTo(site.doveadm("-f tab fetch -u " + USER + " uid mailbox INBOX 1").out());
    assertThat(result.code()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ssh", "doveadm-ssh"})
  void theFiveHundredthLineOfAThousandEndsItWhenItFails(String way) throws Exception {
    String script =
        IntStream.rangeClosed(1, 1000)
            .mapToObj(i -> i == 500 ? "doveadm search -u nobody all" : "mailbox mutf7 a" + i)
            .collect(Collectors.joining("\n"));
    TestSite.Result result = run(way, script);
    assertThat(result.code()).isEqualTo(67);
    assertThat(result.lines()).hasSize(499).last().isEqualTo("a499");
    assertThat(result.error()).contains("line 500: search -u nobody all (exit 67)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ssh", "doveadm-ssh"})
  void aHereDocumentIsAMail(String way) throws Exception {
    String subject = "From a script, " + way;
    TestSite.Result result =
        run(
            way,
            ("save -u %s <<'END'\nSubject: %s\n\nexpunge -u %s mailbox INBOX all\n$HOME `id`\nEND\n"
                    + "fetch -u %s text mailbox INBOX subject '%s'\n")
                .formatted(USER, subject, USER, USER, subject));
    assertThat(result.error()).doesNotContain("doveadm: ");
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("Subject: " + subject, "mailbox INBOX all", "$HOME `id`");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "user 'a",
        "user a | cat",
        "user a > list",
        "user \0a",
        "user \u00ff",
        "save -u " + USER + " <<END\nSubject: half\n",
        "user a \\",
      })
  void whatIsNoCommandIsNotDone(String line) throws Exception {
    for (String way : List.of("ssh", "doveadm-ssh")) {
      byte[] script = ("on-error continue\n" + line).getBytes(StandardCharsets.ISO_8859_1);
      TestSite.Result result = run(way, script);
      assertThat(result.code()).isEqualTo(64);
      assertThat(result.out()).isEmpty();
      assertThat(result.error()).startsWith("doveadm: Error: line 2: ").hasLineCount(1);
    }
  }

  @Test
  void aLineOfAMegabyteIsRefused() throws Exception {
    TestSite.Result result = run("ssh", "user " + "a".repeat(1 << 20) + "\nuser '*'\n");
    assertThat(result.code()).isEqualTo(64);
    assertThat(result.out()).isEmpty();
    assertThat(result.error()).contains("line 1: The line is longer than 262144 bytes");
  }

  @Test
  void oneConnectionServesAllCommandsOfAScript() throws Exception {
    String search = "search -u " + USER + " mailbox INBOX 1\n";
    TestSite.Result result = run("doveadm-ssh", search.repeat(300)); // of at most 64 channels
    assertThat(result.error()).doesNotContain("doveadm");
    assertThat(result.lines()).hasSize(300);
  }

  @Test
  void execStaysAsItIs() throws Exception {
    List<String> words = new ArrayList<>(site.ssh("admin", "-T"));
    words.add("doveadm mailbox mutf7 a");
    byte[] unread = "user '*'\n".getBytes(StandardCharsets.UTF_8);
    TestSite.Result result = site.exec(unread, words.toArray(String[]::new));
    assertThat(result.out()).isEqualTo("a\n");
  }
}
