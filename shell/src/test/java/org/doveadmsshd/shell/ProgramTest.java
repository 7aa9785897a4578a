package org.doveadmsshd.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The program doveadm-ssh as it is called: its exit codes, and what it says where. */
@Timeout(120)
class ProgramTest {
  @TempDir Path home;

  /** What became of a call. */
  private record Called(int code, String out, String error) {}

  private Called call(String... words) throws Exception {
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Dlogback.configurationFile=logback-doveadm-ssh.xml", // as bin/doveadm-ssh does
                "-Duser.home=" + home,
                "-cp",
                System.getProperty("java.class.path"),
                "org.doveadmsshd.shell.Main"));
    line.addAll(Arrays.asList(words));
    Path out = home.resolve("out");
    Path error = home.resolve("error");
    Process process =
        new ProcessBuilder(line)
            .directory(home.toFile())
            .redirectOutput(out.toFile())
            .redirectError(error.toFile())
            .start();
    process.getOutputStream().close();
    int code = process.waitFor();
    return new Called(code, Files.readString(out), Files.readString(error));
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
        "'' | 64 | usage: doveadm-ssh",
        "-c nowhere.conf search -A all | 78 | nowhere.conf",
        "search -A all | 78 | No configuration",
        "keygen a b | 64 | usage: doveadm-ssh keygen",
        "keygen --nonsense | 64 | unknown option --nonsense",
        "trust | 64 | usage: doveadm-ssh trust",
        "trust 127.0.0.1:1 | 75 | 127.0.0.1",
        "nonsense -A | 64 | nonsense",
        "search -A | 64 | search",
      })
  void aMistakeIsSaidOnStandardErrorWithItsExitCode(String line, int code, String says)
      throws Exception {
    Called called = call(line.isEmpty() ? new String[0] : line.split(" "));
    assertThat(called.error()).contains(says).doesNotContain("Exception", "\tat ");
    assertThat(called.out()).isEmpty();
    assertThat(called.code()).isEqualTo(code);
  }

  @Test
  void helpIsAskedForOnStandardOutput() throws Exception {
    Called called = call("--help");
    assertThat(called.code()).isZero();
    assertThat(called.out()).startsWith("usage: doveadm-ssh").contains("--config");
    assertThat(called.error()).isEmpty();
  }

  @Test
  void aServerThatDoesNotAnswerFailsEachUserAndPrintsNothing() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    Path file = configuration("known_hosts = known\n" + server(port));
    Called called = call("-c", file.toString(), "search", "-u", "jane", "all");
    assertThat(called.code()).as(called.error()).isEqualTo(75);
    assertThat(called.out()).isEmpty();
    assertThat(called.error()).contains("one", "jane").doesNotContain("\tat ");
  }

  @Test
  void mistakesOfTheConfigurationAreNamedWithTheirLine() throws Exception {
    Path file = configuration(server(22) + "nonsense = 1\n");
    Called called = call("-c", file.toString(), "search", "-A", "all");
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
    Called called = call("keygen", "-C", "mine");
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
  void aHostIsTrustedByItsFingerprintOnly() throws Exception {
    KeyPair key = KeyUtils.generateKeyPair("ssh-ed25519", 256);
    String fingerprint = KeyUtils.getFingerPrint(key.getPublic());
    Path known = home.resolve(".ssh/known_hosts");
    try (SshServer server = SshServer.setUpDefaultServer()) {
      server.setHost("127.0.0.1");
      server.setKeyPairProvider(KeyPairProvider.wrap(key));
      server.start();
      String host = "127.0.0.1:" + server.getPort();
      Called called = call("trust", host);
      assertThat(called.code()).isEqualTo(77);
      assertThat(called.error()).contains("Nobody is there to ask");
      called = call("trust", "--fingerprint", "SHA256:other", host);
      assertThat(called.code()).isEqualTo(77);
      assertThat(known).doesNotExist();
      called = call("trust", "--fingerprint", fingerprint, host);
      assertThat(called.code()).as(called.error()).isZero();
      assertThat(Files.readAllLines(known)).hasSize(1);
      called = call("trust", host);
      assertThat(called.code()).isZero();
      assertThat(called.out()).contains("already");
      KeyPair other = KeyUtils.generateKeyPair("ssh-ed25519", 256);
      server.setKeyPairProvider(KeyPairProvider.wrap(other));
      called = call("trust", "--fingerprint", KeyUtils.getFingerPrint(other.getPublic()), host);
      assertThat(called.code()).isEqualTo(77);
      assertThat(called.error()).contains("ANOTHER KEY");
      assertThat(Files.readAllLines(known)).hasSize(1);
    }
  }
}
