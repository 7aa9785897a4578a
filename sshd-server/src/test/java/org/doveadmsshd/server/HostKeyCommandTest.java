package org.doveadmsshd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.keys.KeyFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code doveadm-sshd keys}, and what it leaves in files. */
class HostKeyCommandTest {
  @TempDir Path directory;
  @TempDir Path elsewhere;

  private Path file() {
    return directory.resolve("host_key");
  }

  private Printed keys(String... words) throws Exception {
    Path configuration = elsewhere.resolve("sshd.conf");
    Files.writeString(configuration, "host_key = " + file() + "\n");
    return Printed.of(() -> HostKeyCommand.run(List.of(words), configuration));
  }

  private static String fingerprint(Path file) throws Failure {
    return KeyUtils.getFingerPrint(KeyFile.read(file).getPublic());
  }

  @Test
  void withoutAKeyThereIsNothingToListAndNothingIsMade() throws Exception {
    Printed list = keys("list");
    assertThat(list).isEqualTo(new Printed(0, "", ""));
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void theKeyInUseIsListedWithItsFingerprintAndFile() throws Exception {
    KeyFile.create(file(), "x");
    assertThat(keys("list").out())
        .isEqualTo("in use  ssh-ed25519 " + fingerprint(file()) + " " + file() + "\n");
  }

  @Test
  void aChangeTakesTwoStepsAndBetweenThemTheKeyInUseStays() throws Exception {
    KeyFile.create(file(), "x");
    String first = fingerprint(file());
    Printed begun = keys("rotate");
    assertThat(begun.code()).isZero();
    Path next = directory.resolve("host_key.next");
    String second = fingerprint(next);
    assertThat(second).isNotEqualTo(first);
    assertThat(fingerprint(file())).isEqualTo(first);
    assertThat(Files.getPosixFilePermissions(next))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(begun.out())
        .containsSubsequence("in use  ", first, "next    ", second, "The next key was made")
        .contains("doveadm reload");
    Printed ended = keys("rotate");
    assertThat(ended.code()).isZero();
    assertThat(fingerprint(file())).isEqualTo(second);
    assertThat(fingerprint(directory.resolve("host_key.old"))).isEqualTo(first);
    assertThat(next).doesNotExist();
    assertThat(ended.out())
        .containsSubsequence("in use  ", second, "before  ", first, "is the key now")
        .contains("refuse to connect until " + second)
        .doesNotContain("next    ");
    assertThat(Files.readString(directory.resolve("host_key.pub"))).startsWith("ssh-ed25519 ");
  }

  @Test
  void aChangeMayBeTheFirstThatIsDone() throws Exception {
    assertThat(keys("rotate").code()).isZero();
    assertThat(file()).exists();
    assertThat(directory.resolve("host_key.next")).exists();
  }

  @Test
  void otherWordsAreAMistakeAndChangeNothing() throws Exception {
    for (String[] words :
        new String[][] {{}, {"show"}, {"list", "all"}, {"rotate", "now"}, {"LIST"}}) {
      Printed mistake = keys(words);
      assertThat(mistake.code()).isEqualTo(64);
      assertThat(mistake.out()).isEmpty();
      assertThat(mistake.error()).startsWith("usage: doveadm-sshd keys [-c <file>] list|rotate\n");
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aKeyThatCannotBeReadIsNamedAndNoneTakesItsPlace() throws Exception {
    Files.writeString(file(), "no key");
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-------"));
    for (String word : List.of("list", "rotate")) {
      assertThatThrownBy(() -> keys(word))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("Key " + file() + " cannot be used");
    }
    assertThat(file()).hasContent("no key");
    assertThat(directory.resolve("host_key.next")).doesNotExist();
  }
}
