package org.doveadmsshd.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.doveadmsshd.testing.ProgramCall;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The program doveadm-ssh as it is called: its exit codes, and what it says where. */
@Timeout(120)
class ProgramTest {
  @TempDir Path home;

  private ProgramCall call(String... words) throws Exception {
    return ProgramCall.of(home, "org.doveadmsshd.shell.Main", words);
  }

  private Path configuration(String text) throws IOException {
    return Files.writeString(home.resolve("my.conf"), text);
  }

  private static String server(int port) {
    return "server one {\n  host = 127.0.0.1\n  port = " + port + "\n  user = root\n}\n";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-f tab | 64 | usage: doveadm-ssh",
        "run | 64 | usage: doveadm-ssh run",
        "run a b | 64 | usage: doveadm-ssh run",
        "run nowhere | 75 | Cannot read nowhere: No such file or directory",
        "-v run script | 64 | Unknown command: run",
        "-c nowhere.conf search -A all | 78 | nowhere.conf",
        "search -A all | 78 | No configuration",
        "keygen a b | 64 | usage: doveadm-ssh keygen",
        "keygen --nonsense | 64 | unknown option --nonsense",
        "trust | 64 | usage: doveadm-ssh trust",
        "trust 127.0.0.1:1 | 75 | 127.0.0.1",
        "nonsense -A | 64 | nonsense",
        "search -A | 64 | search",
        "-cnowhere.conf search -A all | 78 | nowhere.conf: ",
        "--config nowhere.conf search -A all | 78 | nowhere.conf: ",
        "--config=nowhere.conf search -A all | 78 | nowhere.conf: ",
        "-c other.conf -cnowhere.conf search -A all | 78 | nowhere.conf: ",
        "-f tab -cnowhere.conf -v search -A all | 78 | nowhere.conf: ",
        "-vhc nowhere.conf search -A all | 78 | nowhere.conf: ",
        "-sone -c nowhere.conf -- search -A all | 78 | nowhere.conf: ",
        "-c | 64 | option -c needs a <file>",
        "--server | 64 | option --server needs a <name>",
        "--help=all | 64 | option --help takes no argument",
        "-x search -A all | 64 | unknown option -x (see: doveadm-ssh --help)",
        "-vx search -A all | 64 | unknown option -x (see: doveadm-ssh --help)",
        "--nonsense search -A all | 64 | unknown option --nonsense (see: doveadm-ssh --help)",
        "-f nonsense search -A all | 75 | nonsense",
        "search -cnowhere.conf -A all | 64 | search: unknown option -c",
        "trust -c nowhere.conf here | 64 | unknown option -c",
        "keygen -s one | 64 | unknown option -s",
        "-v keygen | 64 | Unknown command: keygen",
        "-- -v search | 64 | Unknown command: -v",
      })
  void aMistakeIsSaidOnStandardErrorWithItsExitCode(String line, int code, String says)
      throws Exception {
    ProgramCall called = call(line.isEmpty() ? new String[0] : line.split(" "));
    assertThat(called.error()).contains(says).doesNotContain("Exception", "\tat ");
    boolean explained = called.error().startsWith("usage: ");
    int lines = called.error().contains("The configuration has mistakes") ? 2 : 1;
    assertThat(explained || called.error().lines().count() == lines).as(called.error()).isTrue();
    assertThat(called.out()).isEmpty();
    assertThat(called.code()).isEqualTo(code);
  }

  @Test
  void helpIsAskedForOnStandardOutput() throws Exception {
    ProgramCall called = call("--help");
    assertThat(called.code()).isZero();
    assertThat(called.out()).startsWith("usage: doveadm-ssh").contains("--config");
    assertThat(called.error()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"search --help", "help search", "-f tab search -A --nonsense --help"})
  void theHelpOfACommandNeedsNeitherServersNorRightWords(String line) throws Exception {
    ProgramCall called = call(line.split(" "));
    assertThat(called.code()).as(called.error()).isZero();
    assertThat(called.out()).startsWith("usage: doveadm search -u <user>");
    assertThat(called.error()).isEmpty();
  }

  @Test
  void aServerThatDoesNotAnswerFailsEachUserAndPrintsNothing() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    Path file = configuration("known_hosts = known\n" + server(port));
    ProgramCall called = call("-c", file.toString(), "search", "-u", "jane", "all");
    assertThat(called.code()).as(called.error()).isEqualTo(75);
    assertThat(called.out()).isEmpty();
    assertThat(called.error()).contains("one", "jane").doesNotContain("\tat ");
  }

  @Test
  void mistakesOfTheConfigurationAreNamedWithTheirLine() throws Exception {
    Path file = configuration(server(22) + "nonsense = 1\n");
    ProgramCall called = call("-c", file.toString(), "search", "-A", "all");
    assertThat(called.code()).isEqualTo(78);
    assertThat(called.error()).contains("nonsense").contains("The configuration has mistakes");
    assertThat(called.out()).isEmpty();
    configuration(server(22));
    called = call("-c", file.toString(), "-s", "other", "search", "-A", "all");
    assertThat(called.code()).isEqualTo(78);
    assertThat(called.error()).contains("no server other");
  }

  @Test
  void aKeyIsMadeOnceAndNeverWrittenOver() throws Exception {
    ProgramCall called = call("keygen", "-C", "mine");
    Path file = home.resolve(".ssh/id_ed25519");
    assertThat(called.code()).as(called.error()).isZero();
    assertThat(called.out()).contains("ssh-ed25519 ", "fingerprint SHA256:");
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(Files.readString(home.resolve(".ssh/id_ed25519.pub"))).endsWith(" mine\n");
    String made = Files.readString(file);
    called = call("keygen");
    assertThat(called.code()).isEqualTo(78);
    assertThat(called.out()).isEmpty();
    assertThat(called.error()).contains("there is one already");
    assertThat(Files.readString(file)).isEqualTo(made);
  }

  @Test
  void inputForWhichThereIsNoRoomIsToldOfAndNothingIsDone() throws Exception {
    configuration(server(1));
    Path mail = Files.writeString(home.resolve("mail"), "Subject: x\n\n" + "y\n".repeat(300_000));
    Path error = home.resolve("error");
    ProcessBuilder save =
        new ProcessBuilder(
            ProgramCall.line(
                home,
                "org.doveadmsshd.shell.Main",
                "-c",
                home.resolve("my.conf").toString(),
                "save",
                "-u",
                "jane",
                mail.toString()));
    save.environment().put("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + home.resolve("missing"));
    Process saving = save.redirectError(error.toFile()).start();
    saving.getOutputStream().close();
    assertThat(saving.waitFor()).isEqualTo(75);
    assertThat(Files.readString(error))
        .contains("What was to be read cannot be kept meanwhile (No such file or directory)");
  }
}
