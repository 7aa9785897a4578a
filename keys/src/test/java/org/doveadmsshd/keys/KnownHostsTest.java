package org.doveadmsshd.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a file of known hosts says of a host and its key: as sshd(8) explains it. */
class KnownHostsTest {
  private static PublicKey key;
  private static PublicKey other;
  private static PublicKey rsa;

  @TempDir Path directory;

  @BeforeAll
  static void makeKeys() throws Exception {
    key = KeyUtils.generateKeyPair("ssh-ed25519", 256).getPublic();
    other = KeyUtils.generateKeyPair("ssh-ed25519", 256).getPublic();
    rsa = KeyUtils.generateKeyPair("ssh-rsa", 2048).getPublic();
  }

  private KnownHosts hosts(String text) throws Exception {
    Path file = directory.resolve("known_hosts");
    Files.writeString(
        file,
        text.replace("KEY", PublicKeyEntry.toString(key))
            .replace("OTHER", PublicKeyEntry.toString(other))
            .replace("RSA", PublicKeyEntry.toString(rsa))
            .replace(';', '\n'));
    return new KnownHosts(file);
  }

  private static InetSocketAddress address(String host) {
    int colon = host.lastIndexOf(':');
    return InetSocketAddress.createUnresolved(
        host.substring(0, colon), Integer.parseInt(host.substring(colon + 1)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[a]:2222 KEY;[b]:2222 OTHER | false",
        "[a]:2222 KEY;[b]:2222 KEY | true",
        "[a]:2222,[b]:2222 KEY | true",
        "[*]:2222 KEY | true",
        "[a]:2222 KEY;[a]:2222 KEY;[b]:2222 OTHER | false",
        "[a]:2222 OTHER;[a]:2222 RSA;[b]:2222 KEY;[b]:2222 RSA | true",
        "[a]:2222 KEY;[c]:2222 KEY;[b]:22 KEY | false",
        "@cert-authority [*]:2222 KEY | false",
        "@revoked [a]:2222 KEY;[b]:2222 KEY | false",
        "not a line;[a]:2222 KEY | false",
      })
  void twoHostsWithOneKeyAreFound(String text, boolean twins) throws Exception {
    List<InetSocketAddress> both = List.of(address("a:2222"), address("b:2222"));
    assertThat(hosts(text).twins(both).isPresent()).isEqualTo(twins);
  }

  @Test
  void withoutAFileNobodyHasATwin() {
    KnownHosts none = new KnownHosts(directory.resolve("nosuch"));
    assertThat(none.twins(List.of(address("a:1"), address("b:1")))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mail.example.org KEY | mail.example.org:22 | KNOWN",
        "mail.example.org KEY | mail.example.org:2222 | UNKNOWN",
        "[mail.example.org]:2222 KEY | mail.example.org:2222 | KNOWN",
        "[mail.example.org]:2222 KEY | mail.example.org:22 | UNKNOWN",
        "mail.example.org OTHER | mail.example.org:22 | ANOTHER",
        "mail.example.org RSA | mail.example.org:22 | UNKNOWN",
        "mail.example.org RSA;mail.example.org KEY | mail.example.org:22 | KNOWN",
        "mail.example.org OTHER;mail.example.org KEY | mail.example.org:22 | KNOWN",
        "mail.example.org KEY;mail.example.org OTHER | mail.example.org:22 | KNOWN",
        "other.example.org OTHER | mail.example.org:22 | UNKNOWN",
        "*.example.org KEY | mail.example.org:22 | KNOWN",
        "*.example.org KEY | example.org:22 | UNKNOWN",
        "mail?.example.org KEY | mail1.example.org:22 | KNOWN",
        "mail?.example.org KEY | mail.example.org:22 | UNKNOWN",
        "*.example.org,!mail.example.org KEY | mail.example.org:22 | UNKNOWN",
        "!mail.example.org,*.example.org KEY | www.example.org:22 | KNOWN",
        "mail,mail.example.org,192.0.2.7 KEY | 192.0.2.7:22 | KNOWN",
        "mail,mail.example.org,192.0.2.7 KEY | mail:22 | KNOWN",
        "[::1]:2222 KEY | ::1:2222 | KNOWN",
        "mail.example.org KEY a comment | mail.example.org:22 | KNOWN",
        "# a comment;;mail.example.org KEY | mail.example.org:22 | KNOWN",
        "@revoked mail.example.org KEY | mail.example.org:22 | ANOTHER",
        "@revoked * KEY;mail.example.org KEY | mail.example.org:22 | ANOTHER",
        "@revoked www.example.org KEY;mail.example.org KEY | mail.example.org:22 | KNOWN",
        "@cert-authority *.example.org KEY | mail.example.org:22 | UNKNOWN",
        "@cert-authority *.example.org OTHER;mail.example.org KEY | mail.example.org:22 | KNOWN",
        "'' | mail.example.org:22 | UNKNOWN",
      })
  void aHostIsJudgedByTheLinesThatNameIt(String text, String host, KnownHosts.Verdict verdict)
      throws Exception {
    assertThat(hosts(text).judge(address(host), key)).isEqualTo(verdict);
  }

  @Test
  void aNameThatOpensshHasHashedIsKnown() throws Exception {
    KnownHosts hosts = hosts("mail.example.org KEY\n[mail.example.org]:2222 OTHER\n");
    List<String> line = new ArrayList<>(List.of("ssh-keygen", "-q", "-H", "-f"));
    line.add(hosts.file().toString());
    assertThat(new ProcessBuilder(line).redirectErrorStream(true).start().waitFor()).isZero();
    assertThat(Files.readString(hosts.file())).doesNotContain("example");
    assertThat(hosts.judge(address("mail.example.org:22"), key))
        .isEqualTo(KnownHosts.Verdict.KNOWN);
    assertThat(hosts.judge(address("mail.example.org:2222"), key))
        .isEqualTo(KnownHosts.Verdict.ANOTHER);
    assertThat(hosts.judge(address("www.example.org:22"), key))
        .isEqualTo(KnownHosts.Verdict.UNKNOWN);
  }

  @Test
  void whatIsAddedOpensshFinds() throws Exception {
    KnownHosts hosts = new KnownHosts(directory.resolve("a/b/known_hosts"));
    for (String host : List.of("mail.example.org:22", "mail.example.org:2222", "192.0.2.7:22")) {
      hosts.add(address(host), key);
      assertThat(hosts.judge(address(host), key)).isEqualTo(KnownHosts.Verdict.KNOWN);
    }
    for (String name : Arrays.asList("mail.example.org", "[mail.example.org]:2222", "192.0.2.7")) {
      Process found =
          new ProcessBuilder("ssh-keygen", "-F", name, "-f", hosts.file().toString())
              .redirectErrorStream(true)
              .start();
      String says = new String(found.getInputStream().readAllBytes());
      assertThat(found.waitFor()).as(name).isZero();
      assertThat(says).contains(PublicKeyEntry.toString(key));
    }
  }

  @Test
  void aKeyThatIsAddedAgainStaysKnown() throws Exception {
    KnownHosts hosts = hosts("");
    KeyPair pair = KeyUtils.generateKeyPair("ecdsa-sha2-nistp256", 256);
    hosts.add(address("mail.example.org:22"), pair.getPublic());
    hosts.add(address("mail.example.org:22"), pair.getPublic());
    hosts.add(address("mail.example.org:22"), key);
    assertThat(Files.readAllLines(hosts.file())).hasSize(3);
    assertThat(hosts.judge(address("mail.example.org:22"), pair.getPublic()))
        .isEqualTo(KnownHosts.Verdict.KNOWN);
    assertThat(hosts.judge(address("mail.example.org:22"), other))
        .isEqualTo(KnownHosts.Verdict.ANOTHER);
  }
}
