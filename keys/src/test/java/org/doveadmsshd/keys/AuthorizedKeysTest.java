package org.doveadmsshd.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which line of a file lets a key in, and for what. */
class AuthorizedKeysTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static PublicKey key;
  private static PublicKey other;

  @TempDir Path directory;

  @BeforeAll
  static void makeKeys() throws Exception {
    key = KeyUtils.generateKeyPair("ssh-ed25519", 256).getPublic();
    other = KeyUtils.generateKeyPair("ssh-ed25519", 256).getPublic();
  }

  private static String lines(String text) {
    return text.replace("KEY", PublicKeyEntry.toString(key))
        .replace("OTHER", PublicKeyEntry.toString(other));
  }

  private AuthorizedKeys keys(String text) throws Exception {
    Files.writeString(directory.resolve("admin"), lines(text));
    return new AuthorizedKeys(directory + "/%u");
  }

  private Optional<AuthorizedKey> find(String text) throws Exception {
    return keys(text).find("admin", key, "192.0.2.7", NOW);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "KEY",
        "KEY a comment with spaces",
        "  KEY  ",
        "\tKEY\n",
        "KEY\r\n",
        "# a comment\n\n \nOTHER\nKEY\n",
        "nonsense\nKEY\n",
        "ssh-ed25519 AAAA\nKEY\n",
        "no-such-type AAAAC3NzaC1lZDI1NTE5AAAAIA\nKEY\n",
        "tunnel=\"0\" KEY\nKEY\n",
        "from=\"10.0.0.1\" KEY\nfrom=\"192.0.2.7\" KEY\n",
        "expiry-time=\"20200101\" KEY\nKEY\n",
        "restrict KEY",
        "RESTRICT,No-PTY,no-port-forwarding,No-X11-Forwarding,no-agent-forwarding,no-user-rc KEY",
        "pty KEY",
        "from=\"192.0.2.7\",expiry-time=\"20270101\" KEY",
      })
  void aKeyIsFoundWhereverItsUsableLineStands(String text) throws Exception {
    assertThat(find(text)).isPresent();
    assertThat(keys(text).find("nobody", key, "192.0.2.7", NOW)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "OTHER",
        "#KEY",
        "# KEY",
        "from=\"192.0.2.7\"KEY",
        "from=\"10.0.0.1\",from=\"192.0.2.8\" KEY",
        "unknown KEY",
        "unknown=\"x\" KEY",
        "restrict,unknown KEY",
        "permitopen=\"*\" KEY",
        "permitlisten=\"1\" KEY",
        "agent-forwarding KEY",
        "port-forwarding KEY",
        "X11-forwarding KEY",
        "user-rc KEY",
        "expiry-time=\"\" KEY",
        "expiry-time=\"2026\" KEY",
        "expiry-time=\"20271301\" KEY",
        "expiry-time=\"202701012460\" KEY",
        "expiry-time=\"20270101Zx\" KEY",
        "scope=\" , \" KEY",
        "commands=\"\" KEY",
      })
  void aLineThatSaysMoreThanIsUnderstoodLetsNobodyIn(String text) throws Exception {
    assertThat(find(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "KEY | none | [] | []",
        "command=\"doveadm who\" KEY | doveadm who | [] | []",
        "COMMAND=\"doveadm who\" KEY | doveadm who | [] | []",
        "command=\"doveadm user 'a b'\" KEY | doveadm user 'a b' | [] | []",
        "command=\"a,b\",scope=\"x\" KEY | a,b | [x] | []",
        "scope=\"*@a.org\" KEY | none | [*@a.org] | []",
        "scope=\"*@a.org,b@c.org d@e.org\" KEY | none | [*@a.org, b@c.org, d@e.org] | []",
        "commands=\"search\" KEY | none | [] | [search]",
        "commands=\"mailbox list\" KEY | none | [] | [mailbox list]",
      })
  void whatALineRestrictsIsInTheGrant(String text, String command, String users, String commands)
      throws Exception {
    Grant grant = find(text).orElseThrow().grant();
    assertThat(grant.command().orElse("none")).isEqualTo(command);
    assertThat(grant.users()).hasToString(users);
    assertThat(grant.commands()).hasToString(commands);
    assertThat(grant.standsAlone()).isFalse();
    assertThat(grant.method()).isEqualTo("publickey " + KeyUtils.getFingerPrint(key));
  }

  @Test
  void theFirstUsableLineOfAKeyCounts() throws Exception {
    String text = "from=\"10.0.0.1\",commands=\"who\" KEY\ncommands=\"search\" KEY\nKEY\n";
    assertThat(find(text).orElseThrow().commands()).containsExactly("search");
    assertThat(keys(text).find("admin", key, "10.0.0.1", NOW).orElseThrow().commands())
        .containsExactly("who");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ssh-ed25519"})
  void keysOfAllTypesAreCompared(String type) throws Exception {
    int bits = type.equals("ssh-rsa") ? 2048 : type.endsWith("384") ? 384 : 256;
    KeyPair one = KeyUtils.generateKeyPair(type, bits);
    KeyPair two = KeyUtils.generateKeyPair(type, bits);
    AuthorizedKeys keys = keys(PublicKeyEntry.toString(one.getPublic()) + "\n");
    assertThat(keys.find("admin", one.getPublic(), "192.0.2.7", NOW)).isPresent();
    assertThat(keys.find("admin", two.getPublic(), "192.0.2.7", NOW)).isEmpty();
  }

  @Test
  void keysFromElsewhereLetInAsThoseInFilesAndAreReplacedTogether() throws Exception {
    AuthorizedKeys keys = keys("OTHER\n");
    keys.also(Map.of("admin", List.of(lines("commands=\"who\" KEY")), "rita", List.of("x")));
    assertThat(keys.find("admin", key, "192.0.2.7", NOW).orElseThrow().commands())
        .containsExactly("who");
    assertThat(keys.find("admin", other, "192.0.2.7", NOW)).isPresent();
    assertThat(keys.find("rita", key, "192.0.2.7", NOW)).isEmpty();
    Map<String, List<String>> later = new HashMap<>();
    later.put("rita", List.of(lines("tunnel=\"0\" KEY"), lines("from=\"192.0.2.7\" KEY")));
    keys.also(later);
    assertThat(keys.find("rita", key, "192.0.2.7", NOW)).isPresent();
    assertThat(keys.find("rita", key, "192.0.2.8", NOW)).isEmpty();
    assertThat(keys.find("admin", key, "192.0.2.7", NOW)).isEmpty();
    assertThat(keys.find("admin", other, "192.0.2.7", NOW)).isPresent();
  }

  @Test
  void aFileThatCannotBeReadLetsNobodyInUntilItCan() throws Exception {
    AuthorizedKeys keys = new AuthorizedKeys(directory + "/%u");
    Files.createDirectory(directory.resolve("admin"));
    assertThat(keys.find("admin", key, "192.0.2.7", NOW)).isEmpty();
    Files.delete(directory.resolve("admin"));
    assertThat(keys.find("admin", key, "192.0.2.7", NOW)).isEmpty();
    Files.writeString(directory.resolve("admin"), lines("KEY\n"));
    assertThat(keys.find("admin", key, "192.0.2.7", NOW)).isPresent();
    Files.write(directory.resolve("admin"), new byte[] {(byte) 0xff, (byte) 0xfe, '\n'});
    assertThat(keys.find("admin", key, "192.0.2.7", NOW)).isEmpty();
  }

  @Test
  void oneFileForAllLetsEveryNameIn() throws Exception {
    Files.writeString(directory.resolve("all"), lines("KEY\n"));
    AuthorizedKeys keys = new AuthorizedKeys(directory + "/all");
    for (String name : List.of("admin", "a@b", "x".repeat(128), "a.b", "_x", "+x")) {
      assertThat(keys.find(name, key, "192.0.2.7", NOW)).as(name).isPresent();
    }
    for (String name : List.of("", ".x", "..", "a/b", "a b", "a\nb", "x".repeat(129), "ä")) {
      assertThat(keys.find(name, key, "192.0.2.7", NOW)).as(name).isEmpty();
    }
  }
}
