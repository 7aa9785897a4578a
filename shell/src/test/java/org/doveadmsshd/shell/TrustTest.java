package org.doveadmsshd.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.doveadmsshd.testing.ProgramCall;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code doveadm-ssh trust}: no key is added that nobody has confirmed. */
@Timeout(120)
class TrustTest {
  private static final String MAIN = "org.doveadmsshd.shell.Main";

  @TempDir Path home;

  private final SshServer server = SshServer.setUpDefaultServer();
  private Path known;
  private String host;
  private String fingerprint;

  @BeforeEach
  void start() throws Exception {
    known = home.resolve(".ssh/known_hosts");
    server.setHost("127.0.0.1");
    fingerprint = showsNewKey();
    server.start();
    host = "127.0.0.1:" + server.getPort();
  }

  @AfterEach
  void stop() throws Exception {
    server.stop(true);
  }

  /** The server has another key from now on; its fingerprint. */
  private String showsNewKey() throws Exception {
    KeyPair key = KeyUtils.generateKeyPair("ssh-ed25519", 256);
    server.setKeyPairProvider(KeyPairProvider.wrap(key));
    return KeyUtils.getFingerPrint(key.getPublic());
  }

  private ProgramCall trust(String... words) throws Exception {
    String[] line = new String[words.length + 2];
    line[0] = "trust";
    System.arraycopy(words, 0, line, 1, words.length);
    line[line.length - 1] = host;
    return ProgramCall.of(home, MAIN, line);
  }

  /** What becomes of it when a person answers. */
  private ProgramCall answered(String answer) throws Exception {
    String question = "Is it right? (yes, no, or the fingerprint that it must be) ";
    return ProgramCall.atTerminal(home, question, answer, MAIN, "trust", host);
  }

  @Test
  void withoutATerminalNobodyIsAskedAndNothingAdded() throws Exception {
    ProgramCall called = trust();
    assertThat(called.code()).isEqualTo(77);
    assertThat(called.out()).contains(fingerprint).doesNotContain("Is it right?");
    assertThat(called.error()).contains("Nobody is there to ask", "--fingerprint");
    assertThat(known).doesNotExist();
  }

  @Test
  void anotherFingerprintAddsNothing() throws Exception {
    ProgramCall called = trust("--fingerprint", "SHA256:other");
    assertThat(called.code()).isEqualTo(77);
    assertThat(called.error()).contains("SHA256:other", "Nothing was added");
    assertThat(known).doesNotExist();
  }

  @Test
  void aKeyThatHasBeenConfirmedIsKnownAndNoOtherIsAddedAfterIt() throws Exception {
    ProgramCall called = trust("--fingerprint", fingerprint);
    assertThat(called.code()).as(called.error()).isZero();
    List<String> added = Files.readAllLines(known);
    assertThat(added).singleElement().asString().startsWith("[127.0.0.1]:");
    called = trust();
    assertThat(called.code()).isZero();
    assertThat(called.out()).contains("already");
    called = trust("--fingerprint", showsNewKey());
    assertThat(called.code()).isEqualTo(77);
    assertThat(called.error()).contains("ANOTHER KEY");
    assertThat(Files.readAllLines(known)).isEqualTo(added);
  }

  @Test
  void aPersonSaysYes() throws Exception {
    ProgramCall called = answered("yes\n");
    assertThat(called.code()).as(called.out()).isZero();
    assertThat(called.out()).contains(fingerprint, "Added to ");
    assertThat(Files.readAllLines(known)).hasSize(1);
  }

  @Test
  void aPersonGivesTheFingerprint() throws Exception {
    ProgramCall called = answered(" " + fingerprint + " \n");
    assertThat(called.code()).as(called.out()).isZero();
    assertThat(Files.readAllLines(known)).hasSize(1);
  }

  /** The last is the end of the input. */
  @ParameterizedTest
  @ValueSource(strings = {"no\n", "y\n", "\u0004"})
  void whateverElseAPersonSaysAddsNothing(String answer) throws Exception {
    ProgramCall called = answered(answer);
    assertThat(called.code()).as(called.out()).isEqualTo(77);
    assertThat(called.out()).contains("Nothing was added");
    assertThat(known).doesNotExist();
  }
}
