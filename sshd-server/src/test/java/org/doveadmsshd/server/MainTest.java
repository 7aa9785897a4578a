package org.doveadmsshd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Version;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.server.ssh.Await;
import org.doveadmsshd.server.ssh.Caller;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program doveadm-sshd as it is called. */
@Timeout(120)
class MainTest {
  @TempDir Path directory;
  private SiteFiles site;

  @BeforeEach
  void write() throws IOException {
    site = SiteFiles.in(directory);
  }

  private Printed run(String... words) throws Failure {
    return Printed.of(() -> Main.run(List.of(words)));
  }

  private Printed configured(String... words) throws Failure {
    List<String> line = new ArrayList<>(List.of("-c", site.file().toString()));
    line.addAll(Arrays.asList(words));
    return run(line.toArray(String[]::new));
  }

  private Process process(Path output, String... words) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    line.addAll(Arrays.asList(words));
    return new ProcessBuilder(line)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  @Test
  void helpIsForStandardOutputAndAMistakeForStandardError() throws Exception {
    Printed help = run("--help");
    assertThat(help.code()).isZero();
    assertThat(help.error()).isEmpty();
    assertThat(help.out())
        .startsWith("usage: doveadm-sshd [options]\n")
        .contains("keys list|rotate", "audit verify", "--check-config");
    Printed mistake = run("serve");
    assertThat(mistake.code()).isEqualTo(64);
    assertThat(mistake.out()).isEmpty();
    assertThat(mistake.error()).isEqualTo(help.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-x", "--nonsense", "-c", "--version=1", "audit verify -x"})
  void wrongWordsAreAMistakeOfOneLine(String words) {
    assertThatThrownBy(() -> run(words.split(" ")))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(64))
        .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1));
  }

  @Test
  void theVersionIsSaidWithoutAConfiguration() throws Exception {
    Printed version = run("--version", "-c", "/nowhere");
    assertThat(version.code()).isZero();
    assertThat(version.error()).isEmpty();
    assertThat(version.out().lines())
        .startsWith("doveadm-sshd " + Version.NUMBER, Limits.PROTOCOL)
        .anyMatch(line -> line.startsWith("Apache MINA SSHD "))
        .anyMatch(line -> line.startsWith("Bouncy Castle "));
    for (String part : List.of("keys", "audit")) {
      assertThat(run(part, "--version").out()).isEqualTo(version.out());
    }
  }

  @Test
  void aConfigurationWithoutMistakesIsSaidToBeOne() throws Exception {
    assertThat(configured("--check-config"))
        .isEqualTo(new Printed(0, site.file() + ": no mistakes found\n", ""));
    assertThat(directory.resolve("host_key")).as("nothing is made").doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyMistakeOfAConfigurationIsALineWithItsNumber(boolean checked) throws Exception {
    site.configure("nonsense = 1\nport = many\n");
    Printed output = checked ? configured("--check-config") : configured();
    assertThat(output.code()).isEqualTo(78);
    assertThat(output.out()).isEmpty();
    assertThat(output.error().lines())
        .hasSize(2)
        .anyMatch(line -> line.matches(".*sshd.conf:14: .*nonsense.*"))
        .anyMatch(line -> line.matches(".*sshd.conf:15: .*port.*"));
  }

  @Test
  void aMomentForDemonstrationsThatIsNoneRefusesTheStart() {
    System.setProperty("doveadm.now", "yesterday");
    try {
      assertThatThrownBy(this::configured)
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(64))
          .hasMessage("doveadm.now is not a moment such as 2026-01-31T12:00:00Z");
    } finally {
      System.clearProperty("doveadm.now");
    }
  }

  private String here(int code, String... words) throws Exception {
    List<String> line = new ArrayList<>(List.of("-c", site.file().toString()));
    line.addAll(List.of(words));
    Path output = directory.resolve("output");
    Process process = process(output, line.toArray(String[]::new));
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(output)).isEqualTo(code);
    return Files.readString(output);
  }

  @Test
  void mailIsCheckedWithoutAServer() throws Exception {
    assertThat(here(0, "check-mail", "-A")).doesNotContain("odd:");
    Path inbox = directory.resolve("homes/joe/Maildir");
    Files.createSymbolicLink(inbox.resolve("cur/1.a"), Path.of("/etc/passwd"));
    assertThat(here(65, "-f", "json", "check-mail", "-u", "joe"))
        .contains("\"file\":\"cur/1.a\",\"what\":\"symbolic link: it is not followed\"")
        .contains("\"mend\":\"rm " + inbox.resolve("cur/1.a") + "\"");
    assertThat(here(67, "check-mail", "-u", "nobody")).contains("User doesn't exist: nobody");
    assertThat(here(64, "check-mail", "-u", "joe", "INBOX")).contains("takes no arguments");
  }

  @Test
  void aRunningServerIsAskedForItsStatusOverItsSocket() throws Exception {
    Path sockets = Files.createTempDirectory("s"); // names of sockets are short
    Path own = sockets.resolve("own");
    site.configure("service doveadm {\n unix_listener " + own + " {\n }\n}\n");
    Daemon daemon = site.daemon();
    try {
      daemon.start();
      assertThat(here(0, "-f", "tab", "status"))
          .contains("server\tok\ttest 1.0, ", "userdb passwd-file\tok\t");
      assertThat(here(64, "status", "x")).contains("takes no arguments");
    } finally {
      daemon.stop(Duration.ZERO);
    }
    assertThat(here(75, "status")).contains("cannot connect to " + own);
    Files.deleteIfExists(sockets);
  }

  @Test
  void aConfigurationThatIsNotThereIsNamed() throws Exception {
    Printed output = run("-c", directory.resolve("nowhere.conf").toString());
    assertThat(output.code()).isEqualTo(78);
    assertThat(output.error()).contains("nowhere.conf").hasLineCount(1);
  }

  @Test
  void keysAreThoseOfTheConfiguration() throws Exception {
    assertThat(configured("keys", "rotate").out()).contains(directory.resolve("host_key") + "\n");
    Printed list = configured("keys", "list");
    assertThat(list.code()).isZero();
    assertThat(list.out().lines()).hasSize(2);
    assertThat(configured("keys").code()).isEqualTo(64);
    assertThat(configured("keys", "list", "more").code()).isEqualTo(64);
  }

  @Test
  void auditNeedsNoConfiguration() throws Exception {
    Path log = Files.writeString(directory.resolve("audit.log"), "nonsense\n");
    Printed verified = run("audit", "verify", log.toString());
    assertThat(verified.code()).isEqualTo(65);
    assertThat(verified.out()).contains(log + ":1: the line is not whole");
  }

  @Test
  void aStartThatIsRefusedIsOneLineAndAnExitCode() throws Exception {
    Path output = directory.resolve("output");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      site.configure("" + taken.getLocalPort(), "");
      Process process = process(output, "-c", "sshd.conf");
      assertThat(process.waitFor()).isEqualTo(75);
      assertThat(output)
          .hasContent(
              "doveadm-sshd: Cannot listen on 127.0.0.1 port "
                  + taken.getLocalPort()
                  + ": Address already in use");
    }
  }

  /** The port that a server says it listens on, waited for. */
  private static int portOf(Path output) throws Exception {
    Pattern listens = Pattern.compile("doveadm-sshd \\S+ listens on 127.0.0.1 port (\\d+);");
    Await.until("it listens", () -> listens.matcher(Files.readString(output)).find());
    Matcher port = listens.matcher(Files.readString(output));
    assertThat(port.find()).isTrue();
    return Integer.parseInt(port.group(1));
  }

  @Test
  void itServesUntilItIsToldToStopAndSaysBoth() throws Exception {
    Path output = directory.resolve("output");
    Process process = process(output, "-c", "sshd.conf");
    try {
      try (Caller caller = new Caller(portOf(output));
          Caller.LoggedIn admin = caller.admin()) {
        assertThat(admin.run("doveadm search -A all").lines()).hasSize(2);
        Caller.Call search = admin.begin("doveadm search -F - all");
        search.say("jane\n");
        Await.until("it works", () -> search.saysSomething());
        process.destroy(); // SIGTERM
        Await.until("it stops", () -> Files.readString(output).contains("Stopping"));
        search.say("joe\n");
        assertThat(search.withoutInput().end().lines()).as("it ends by itself").hasSize(2);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("ended by the signal").isEqualTo(143);
      }
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void doveadmStopEndsTheProcessWithSuccess() throws Exception {
    Path output = directory.resolve("output");
    Process process = process(output, "-c", "sshd.conf");
    try {
      try (Caller caller = new Caller(portOf(output));
          Caller.LoggedIn admin = caller.admin()) {
        assertThat(admin.run("doveadm stop").code()).isZero();
      }
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }
}
