package org.doveadmsshd.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.doveadmsshd.protocol.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysTest {
  @TempDir Path directory;

  @Test
  void aKeyIsMadeOnceReadableForItsOwnerOnlyAndThenKept() throws Exception {
    Path file = directory.resolve("new/host_key");
    KeyPair made = KeyFile.readOrCreate(file, "test");
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(KeyUtils.getKeyType(made)).isEqualTo("ssh-ed25519");
    KeyPair again = KeyFile.readOrCreate(file, "test");
    assertThat(KeyUtils.compareKeys(made.getPublic(), again.getPublic())).isTrue();
    assertThat(Files.readString(directory.resolve("new/host_key.pub")))
        .isEqualTo(PublicKeyEntry.toString(made.getPublic()) + " test\n");
    try (var files = Files.list(file.getParent())) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void aKeyThatOthersMayReadIsRefused() throws Exception {
    Path file = directory.resolve("key");
    KeyFile.readOrCreate(file, "test");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> KeyFile.read(file))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("chmod 600");
  }

  @Test
  void whatIsNoKeyIsRefused() throws Exception {
    Path file = directory.resolve("key");
    assertThatThrownBy(() -> KeyFile.read(file)).hasMessageContaining("no such file");
    Files.writeString(file, "not a key");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThatThrownBy(() -> KeyFile.read(file)).isInstanceOf(Failure.class);
  }

  @Test
  void authorizedKeysAreReadPerMasterAndAgainWhenTheyChange() throws Exception {
    KeyPair key = KeyFile.readOrCreate(directory.resolve("a"), "a");
    KeyPair other = KeyFile.readOrCreate(directory.resolve("b"), "b");
    String line = PublicKeyEntry.toString(key.getPublic());
    Files.createDirectory(directory.resolve("keys"));
    Path file = directory.resolve("keys/admin@example.org");
    Files.writeString(file, "# comment\n\nnonsense\n" + line + " me\n");
    AuthorizedKeys keys = new AuthorizedKeys(directory + "/keys/%u");
    assertThat(keys.contains("admin@example.org", key.getPublic())).isTrue();
    assertThat(keys.contains("admin@example.org", other.getPublic())).isFalse();
    assertThat(keys.contains("admin", key.getPublic())).isFalse();
    Files.writeString(file, "");
    assertThat(keys.contains("admin@example.org", key.getPublic())).isFalse();
  }

  @Test
  void aKeyWithARestrictionThatIsNotEnforcedLetsNobodyIn() throws Exception {
    KeyPair key = KeyFile.readOrCreate(directory.resolve("a"), "a");
    String line = PublicKeyEntry.toString(key.getPublic());
    Path file = directory.resolve("admin");
    AuthorizedKeys keys = new AuthorizedKeys(directory + "/%u");
    for (String options : new String[] {"command=\"x\"", "from=\"10.0.0.1\"", "cert-authority"}) {
      Files.writeString(file, options + " " + line + "\n");
      assertThat(keys.contains("admin", key.getPublic())).as(options).isFalse();
    }
    Files.writeString(file, "restrict,no-pty " + line + "\n");
    assertThat(keys.contains("admin", key.getPublic())).isTrue();
  }

  @Test
  void aNameThatLeadsElsewhereHasNoKeys() throws Exception {
    KeyPair key = KeyFile.readOrCreate(directory.resolve("a"), "a");
    Files.writeString(directory.resolve("x"), PublicKeyEntry.toString(key.getPublic()) + "\n");
    Files.createDirectory(directory.resolve("keys"));
    AuthorizedKeys keys = new AuthorizedKeys(directory + "/keys/%u");
    assertThat(keys.contains("../x", key.getPublic())).isFalse();
    assertThat(keys.contains("", key.getPublic())).isFalse();
  }
}
