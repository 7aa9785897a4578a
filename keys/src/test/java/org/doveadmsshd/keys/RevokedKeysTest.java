package org.doveadmsshd.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists of revoked keys as ssh-keygen makes them, and broken ones. */
class RevokedKeysTest {
  @TempDir Path directory;

  @BeforeEach
  void makeKeys() throws Exception {
    for (String name : List.of("ca", "otherca", "jane", "joe")) {
      keygen("-q", "-t", "ed25519", "-N", "", "-C", "", "-f", name);
    }
    certificate("ca", "7", "seven", "jane");
  }

  /** Has an authority sign a key; the certificate is in {@code NAME-cert.pub}. */
  private void certificate(String authority, String serial, String id, String key)
      throws Exception {
    keygen("-q", "-s", authority, "-z", serial, "-I", id, "-n", "root", key + ".pub");
  }

  private void keygen(String... words) throws Exception {
    List<String> line = new ArrayList<>(List.of("ssh-keygen"));
    line.addAll(Arrays.asList(words));
    Process process =
        new ProcessBuilder(line)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("out").toFile())
            .start();
    process.getOutputStream().close();
    assertThat(process.waitFor()).as("%s", line).isZero();
  }

  private PublicKey key(String name) throws Exception {
    String line = Files.readString(directory.resolve(name + ".pub"));
    return AuthorizedKeyEntry.parseAuthorizedKeyEntry(line)
        .resolvePublicKey(null, PublicKeyEntryResolver.FAILING);
  }

  private RevokedKeys list(String... specification) throws Exception {
    Files.write(directory.resolve("spec"), List.of(specification));
    keygen("-k", "-f", "krl", "-s", "ca.pub", "spec");
    return new RevokedKeys(Optional.of(directory.resolve("krl")));
  }

  @Test
  void nothingIsRevokedWithoutAFile() throws Exception {
    RevokedKeys none = new RevokedKeys(Optional.empty());
    assertThat(none.has(key("jane"))).isFalse();
    assertThat(none.has(key("jane-cert"))).isFalse();
  }

  @Test
  void aPlainListRevokesKeysAndCertificatesOfThemAndByThem() throws Exception {
    Path file = directory.resolve("revoked");
    RevokedKeys revoked = new RevokedKeys(Optional.of(file));
    Files.writeString(file, "# stolen\n\n" + Files.readString(directory.resolve("jane.pub")));
    assertThat(revoked.has(key("jane"))).isTrue();
    assertThat(revoked.has(key("jane-cert"))).isTrue();
    assertThat(revoked.has(key("joe"))).isFalse();
    Files.copy(
        directory.resolve("ca.pub"), file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThat(revoked.has(key("jane-cert"))).isTrue();
    assertThat(revoked.has(key("jane"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "serial: 7, true",
    "serial: 6-8, true",
    "serial: 1-6, false",
    "serial: 8, false",
    "id: seven, true",
    "id: eight, false",
  })
  void aListNamesCertificatesOfAnAuthority(String line, boolean revoked) throws Exception {
    RevokedKeys list = list(line);
    assertThat(list.has(key("jane-cert"))).isEqualTo(revoked);
    assertThat(list.has(key("jane"))).isFalse();
    certificate("otherca", "7", "seven", "jane");
    assertThat(list.has(key("jane-cert"))).as("of another authority").isFalse();
  }

  @Test
  void manySerialsMakeABitmapAndEachIsRead() throws Exception {
    List<String> lines = new ArrayList<>();
    for (int serial = 1; serial < 60; serial += 2) {
      lines.add("serial: " + serial);
    }
    lines.add("serial: 18446744073709551615");
    RevokedKeys list = list(lines.toArray(new String[0]));
    for (String serial : List.of("1", "7", "59", "18446744073709551615")) {
      certificate("ca", serial, "x", "jane");
      assertThat(list.has(key("jane-cert"))).as(serial).isTrue();
    }
    for (String serial : List.of("0", "2", "8", "60", "61", "18446744073709551614")) {
      certificate("ca", serial, "x", "jane");
      assertThat(list.has(key("jane-cert"))).as(serial).isFalse();
    }
  }

  @Test
  void aListWithoutAuthorityIsAboutThoseOfAll() throws Exception {
    Files.write(directory.resolve("spec"), List.of("serial: 7", "id: nine"));
    keygen("-k", "-f", "krl", "-s", "none", "spec");
    RevokedKeys list = new RevokedKeys(Optional.of(directory.resolve("krl")));
    assertThat(list.has(key("jane-cert"))).isTrue();
    certificate("otherca", "7", "x", "jane");
    assertThat(list.has(key("jane-cert"))).isTrue();
    certificate("otherca", "8", "nine", "jane");
    assertThat(list.has(key("jane-cert"))).isTrue();
    certificate("otherca", "8", "eight", "jane");
    assertThat(list.has(key("jane-cert"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"key:", "sha1:", "sha256:"})
  void aListNamesKeysInThreeWays(String how) throws Exception {
    String jane = Files.readString(directory.resolve("jane.pub")).strip();
    RevokedKeys list = list(how + " " + jane);
    assertThat(list.has(key("jane"))).isTrue();
    assertThat(list.has(key("jane-cert"))).isTrue();
    assertThat(list.has(key("joe"))).isFalse();
  }

  /** Nobody gets in with half of a list. */
  @Test
  void aListThatIsCutOffAnywhereRevokesEverything() throws Exception {
    list("serial: 1-6", "id: eight", "key: " + Files.readString(directory.resolve("joe.pub")));
    byte[] whole = Files.readAllBytes(directory.resolve("krl"));
    Path cut = directory.resolve("cut");
    int parsed = 0;
    for (int length = 8; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      try {
        RevocationList.parse(part);
        parsed++; // between two sections
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("revocation list");
      }
    }
    assertThat(parsed).isLessThan(4);
    for (int length : new int[] {1, 7, 8, 20, whole.length - 1}) {
      Files.write(cut, Arrays.copyOf(whole, length));
      assertThat(new RevokedKeys(Optional.of(cut)).has(key("jane"))).as("%d", length).isTrue();
    }
  }

  @Test
  void aListOfAnotherVersionOrWithWhatIsUnknownRevokesEverything() throws Exception {
    list("serial: 1");
    byte[] whole = Files.readAllBytes(directory.resolve("krl"));
    Path file = directory.resolve("krl");
    RevokedKeys revoked = new RevokedKeys(Optional.of(file));
    assertThat(revoked.has(key("joe"))).isFalse();
    byte[] later = whole.clone();
    later[11] = 2;
    Files.write(directory.resolve("later"), later);
    assertThat(new RevokedKeys(Optional.of(directory.resolve("later"))).has(key("joe"))).isTrue();
    byte[] section = Arrays.copyOf(whole, whole.length + 5);
    section[whole.length] = 99;
    assertThatThrownBy(() -> RevocationList.parse(section))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("unknown section 99");
  }

  @Test
  void aLengthThatPromisesMuchTakesNoMemory() {
    byte[] list = new byte[48];
    System.arraycopy(
        "SSHKRL\n\0\0\0\0\1".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, list, 0, 12);
    list[36] = 0x7f; // the reserved string is two gigabytes long
    assertThatThrownBy(() -> RevocationList.parse(list)).hasMessageContaining("cut off");
    list[36] = (byte) 0x80;
    assertThatThrownBy(() -> RevocationList.parse(list)).hasMessageContaining("cut off");
  }

  @Test
  void aFileThatIsMissingOrNoListRevokesEverything() throws Exception {
    Path file = directory.resolve("nothing");
    assertThat(new RevokedKeys(Optional.of(file)).has(key("jane"))).isTrue();
    Files.writeString(file, Files.readString(directory.resolve("joe.pub")) + "nonsense\n");
    RevokedKeys broken = new RevokedKeys(Optional.of(file));
    assertThat(broken.has(key("jane"))).isTrue();
    assertThat(new RevokedKeys(Optional.of(directory)).has(key("jane"))).isTrue();
  }
}
