package org.doveadmsshd.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.time.Instant;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.doveadmsshd.base.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeysTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

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
  void aHostKeyWithoutItsPublicHalfCanBeChanged() throws Exception {
    Path file = directory.resolve("host_key");
    KeyPair own = KeyFile.readOrCreate(file, "an administrator's");
    Files.delete(directory.resolve("host_key.pub"));
    HostKeys keys = new HostKeys(file);
    KeyPair next = keys.begin();
    keys.finish();
    assertThat(KeyUtils.compareKeys(keys.current().getPublic(), next.getPublic())).isTrue();
    KeyPair old = KeyFile.read(keys.old());
    assertThat(KeyUtils.compareKeys(old.getPublic(), own.getPublic())).isTrue();
    assertThat(Files.readString(directory.resolve("host_key.pub")))
        .startsWith(PublicKeyEntry.toString(next.getPublic()));
    assertThat(Files.readString(directory.resolve("host_key.old.pub")))
        .startsWith(PublicKeyEntry.toString(own.getPublic()));
    keys.begin();
    keys.finish();
    assertThat(directory.resolve("host_key.next")).doesNotExist();
    assertThat(directory.resolve("host_key.next.pub")).doesNotExist();
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
    assertThat(lets(keys, "admin@example.org", key)).isTrue();
    assertThat(lets(keys, "admin@example.org", other)).isFalse();
    assertThat(lets(keys, "admin", key)).isFalse();
    Files.writeString(file, "");
    assertThat(lets(keys, "admin@example.org", key)).isFalse();
  }

  @Test
  void aKeyWithARestrictionThatIsNotEnforcedLetsNobodyIn() throws Exception {
    KeyPair key = KeyFile.readOrCreate(directory.resolve("a"), "a");
    String line = PublicKeyEntry.toString(key.getPublic());
    Path file = directory.resolve("admin");
    AuthorizedKeys keys = new AuthorizedKeys(directory + "/%u");
    for (String options :
        new String[] {
          "cert-authority",
          "environment=\"A=b\"",
          "tunnel=\"0\"",
          "principals=\"x\"",
          "no-touch-required",
          "verify-required",
          "from=\"host.example.org\"",
          "from=\"10.0.0.0/33\"",
          "from=\"\"",
          "expiry-time=\"tomorrow\"",
          "expiry-time=\"20261301\"",
          "scope=\"\"",
          "commands=\" , \""
        }) {
      Files.writeString(file, options + " " + line + "\n");
      assertThat(lets(keys, "admin", key)).as(options).isFalse();
    }
    Files.writeString(file, "restrict,no-pty " + line + "\n");
    assertThat(lets(keys, "admin", key)).isTrue();
  }

  private static boolean lets(AuthorizedKeys keys, String master, KeyPair key) {
    return keys.find(master, key.getPublic(), "192.0.2.7", NOW).isPresent();
  }

  private AuthorizedKeys keysWith(String options, KeyPair key) throws Exception {
    String line = options + " " + PublicKeyEntry.toString(key.getPublic()) + " comment\n";
    Files.writeString(directory.resolve("admin"), line);
    return new AuthorizedKeys(directory + "/%u");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "192.0.2.7 | true",
        "192.0.2.0/24 | true",
        "192.0.2.8/29 | false",
        "192.0.2.0/29 | true",
        "0.0.0.0/0 | true",
        "192.0.*,10.0.0.1 | true",
        "192.0.2.? | true",
        "192.0.3.* | false",
        "*,!192.0.2.7 | false",
        "!192.0.2.0/24,* | false",
        "!192.0.2.8,192.0.2.0/24 | true",
        "!10.0.0.0/8 | false",
        "2001:db8::/32 | false",
        "::ffff:192.0.2.7 | true",
        "* | true",
      })
  void aKeyIsForTheAddressesItSays(String from, boolean lets) throws Exception {
    KeyPair key = KeyFile.readOrCreate(directory.resolve("a"), "a");
    AuthorizedKeys keys = keysWith("from=\"" + from + "\"", key);
    assertThat(lets(keys, "admin", key)).isEqualTo(lets);
    assertThat(keys.find("admin", key.getPublic(), "", NOW)).as("no address known").isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "20261124120001Z | true",
        "20261124120000Z | false",
        "202611241201Z | true",
        "202611241159Z | false",
        "20261126 | true",
        "20261122 | false",
        "20250101000000 | false",
      })
  void aKeyEndsWhenItSays(String expiry, boolean lets) throws Exception {
    KeyPair key = KeyFile.readOrCreate(directory.resolve("a"), "a");
    AuthorizedKeys keys = keysWith("expiry-time=\"" + expiry + "\"", key);
    assertThat(lets(keys, "admin", key)).isEqualTo(lets);
  }

  @Test
  void whatAKeyIsForIsTold() throws Exception {
    KeyPair key = KeyFile.readOrCreate(directory.resolve("a"), "a");
    AuthorizedKeys keys =
        keysWith(
            "restrict,Command=\"doveadm user '*'\",scope=\"*@a.org, b@c.org\","
                + "commands=\"search, mailbox list\"",
            key);
    AuthorizedKey entry = keys.find("admin", key.getPublic(), "192.0.2.7", NOW).orElseThrow();
    assertThat(entry.command()).contains("doveadm user '*'");
    assertThat(entry.users()).containsExactly("*@a.org", "b@c.org");
    assertThat(entry.commands()).containsExactlyInAnyOrder("search", "mailbox list");
  }

  @Test
  void aNameThatLeadsElsewhereHasNoKeys() throws Exception {
    KeyPair key = KeyFile.readOrCreate(directory.resolve("a"), "a");
    Files.writeString(directory.resolve("x"), PublicKeyEntry.toString(key.getPublic()) + "\n");
    Files.createDirectory(directory.resolve("keys"));
    AuthorizedKeys keys = new AuthorizedKeys(directory + "/keys/%u");
    assertThat(lets(keys, "../x", key)).isFalse();
    assertThat(lets(keys, "", key)).isFalse();
  }
}
