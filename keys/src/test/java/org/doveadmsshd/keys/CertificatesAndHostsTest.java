package org.doveadmsshd.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.sshd.certificate.OpenSshCertificateBuilder;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom certificates let in, and which hosts are known. */
class CertificatesAndHostsTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final InetSocketAddress HOST =
      InetSocketAddress.createUnresolved("mail.example.org", 2222);

  @TempDir Path directory;
  private KeyPair authority;
  private KeyPair user;
  private UserCertificates certificates;

  @BeforeEach
  void makeKeys() throws Exception {
    authority = KeyUtils.generateKeyPair("ssh-ed25519", 256);
    user = KeyUtils.generateKeyPair("ssh-ed25519", 256);
    Path file = directory.resolve("authorities");
    Files.writeString(file, "# ours\n" + PublicKeyEntry.toString(authority.getPublic()) + "\n");
    certificates = new UserCertificates(Optional.of(file), Set.of("search"));
  }

  private OpenSshCertificateBuilder certificate(String... principals) {
    return OpenSshCertificateBuilder.userCertificate()
        .serial(7)
        .publicKey(user.getPublic())
        .id("jane's laptop")
        .principals(List.of(principals))
        .validAfter(NOW.minusSeconds(60))
        .validBefore(NOW.plusSeconds(60));
  }

  private Optional<Grant> grant(String name, OpenSshCertificateBuilder builder) throws Exception {
    return grant(name, builder, NOW);
  }

  private Optional<Grant> grant(String name, OpenSshCertificateBuilder builder, Instant at)
      throws Exception {
    boolean isMaster = name.equals("root");
    return certificates.find(name, isMaster, builder.sign(authority), "192.0.2.7", at);
  }

  @Test
  void aPrincipalLetsInAsThatMasterAndNoOther() throws Exception {
    Grant grant = grant("root", certificate("other", "root")).orElseThrow();
    assertThat(grant.users()).isEmpty();
    assertThat(grant.standsAlone()).isFalse();
    assertThat(grant.method()).startsWith("certificate jane's?laptop serial 7 ");
    assertThat(grant("root", certificate("other"))).isEmpty();
    assertThat(grant("stranger", certificate("stranger"))).isEmpty();
    assertThat(grant("root", certificate("*"))).as("a mask is no master").isEmpty();
    assertThat(grant("ro\not", certificate("*"))).isEmpty();
  }

  @Test
  void masksLetInForThoseUsersAndCommandsOnly() throws Exception {
    Grant grant = grant("helpdesk", certificate("*@example.org", "plain")).orElseThrow();
    assertThat(grant.users()).containsExactly("*@example.org");
    assertThat(grant.commands()).containsExactly("search");
    assertThat(grant.standsAlone()).isTrue();
    certificates = new UserCertificates(Optional.of(directory.resolve("authorities")), Set.of());
    assertThat(grant("helpdesk", certificate("*@example.org"))).isEmpty();
  }

  @Test
  void aCertificateIsOfUseInItsTimeOnly() throws Exception {
    assertThat(grant("root", certificate("root"), NOW.minusSeconds(61))).isEmpty();
    assertThat(grant("root", certificate("root"), NOW.minusSeconds(59))).isPresent();
    assertThat(grant("root", certificate("root"), NOW.plusSeconds(59))).isPresent();
    assertThat(grant("root", certificate("root"), NOW.plusSeconds(61))).isEmpty();
  }

  @Test
  void criticalOptionsAreEnforcedOrRefused() throws Exception {
    Optional<Grant> forced =
        grant("root", certificate("root").criticalOptions(List.of(option("force-command", "who"))));
    assertThat(forced.orElseThrow().command()).contains("who");
    for (String source : List.of("192.0.2.0/24", "10.0.0.1,192.0.2.7")) {
      assertThat(
              grant(
                  "root",
                  certificate("root").criticalOptions(List.of(option("source-address", source)))))
          .as(source)
          .isPresent();
    }
    for (OpenSshCertificate.CertificateOption refused :
        List.of(
            option("source-address", "10.0.0.0/8"),
            option("source-address", "nonsense/99"),
            option("source-address", ""),
            option("verify-required", ""),
            option("anything@example.org", "x"))) {
      assertThat(grant("root", certificate("root").criticalOptions(List.of(refused))))
          .as("%s", refused)
          .isEmpty();
    }
  }

  private static OpenSshCertificate.CertificateOption option(String name, String value) {
    return new OpenSshCertificate.CertificateOption(name, value);
  }

  @Test
  void onlyTrustedAuthoritiesAndCertificatesOfUsersLetIn() throws Exception {
    KeyPair stranger = KeyUtils.generateKeyPair("ssh-ed25519", 256);
    OpenSshCertificate foreign = certificate("root").sign(stranger);
    assertThat(certificates.find("root", true, foreign, "192.0.2.7", NOW)).isEmpty();
    OpenSshCertificate ofHost =
        OpenSshCertificateBuilder.hostCertificate()
            .serial(1)
            .publicKey(user.getPublic())
            .id("x")
            .principals(List.of("root"))
            .validAfter(NOW.minusSeconds(60))
            .validBefore(NOW.plusSeconds(60))
            .sign(authority);
    assertThat(certificates.find("root", true, ofHost, "192.0.2.7", NOW)).isEmpty();
    Files.writeString(directory.resolve("authorities"), "half a line\n");
    assertThat(grant("root", certificate("root"))).as("unreadable authorities").isEmpty();
    certificates = new UserCertificates(Optional.empty(), Set.of());
    assertThat(grant("root", certificate("root"))).isEmpty();
  }

  @Test
  void aHostIsKnownByTheKeyInTheFile() throws Exception {
    KnownHosts hosts = new KnownHosts(directory.resolve("new/known_hosts"));
    PublicKey key = user.getPublic();
    assertThat(hosts.judge(HOST, key)).isEqualTo(KnownHosts.Verdict.UNKNOWN);
    hosts.add(HOST, key);
    assertThat(hosts.judge(HOST, key)).isEqualTo(KnownHosts.Verdict.KNOWN);
    assertThat(hosts.judge(HOST, authority.getPublic())).isEqualTo(KnownHosts.Verdict.ANOTHER);
    InetSocketAddress otherPort = InetSocketAddress.createUnresolved("mail.example.org", 22);
    assertThat(hosts.judge(otherPort, key)).isEqualTo(KnownHosts.Verdict.UNKNOWN);
    KeyPair rsa = KeyUtils.generateKeyPair("ssh-rsa", 2048);
    assertThat(hosts.judge(HOST, rsa.getPublic()))
        .as("another type")
        .isEqualTo(KnownHosts.Verdict.UNKNOWN);
  }

  @Test
  void aKeyIsAddedBehindALineThatIsCutOff() throws Exception {
    Path file = directory.resolve("known_hosts");
    String line = "other.example.org " + PublicKeyEntry.toString(authority.getPublic());
    Files.writeString(file, line);
    KnownHosts hosts = new KnownHosts(file);
    hosts.add(HOST, user.getPublic());
    assertThat(Files.readAllLines(file))
        .containsExactly(
            line, "[mail.example.org]:2222 " + PublicKeyEntry.toString(user.getPublic()));
  }

  @Test
  void aRevokedKeyIsNeverKnownAndAnAuthorityIsNoKeyOfAHost() throws Exception {
    Path file = directory.resolve("known_hosts");
    String key = " [mail.example.org]:2222 " + PublicKeyEntry.toString(user.getPublic()) + "\n";
    KnownHosts hosts = new KnownHosts(file);
    for (String text : List.of(key + "@revoked" + key, "@revoked" + key + key)) {
      Files.writeString(file, text.replaceAll("(?m)^ ", ""));
      assertThat(hosts.judge(HOST, user.getPublic())).isEqualTo(KnownHosts.Verdict.ANOTHER);
    }
    Files.writeString(file, "@cert-authority" + key);
    assertThat(hosts.judge(HOST, user.getPublic())).isEqualTo(KnownHosts.Verdict.UNKNOWN);
  }

  @Test
  void aFileThatCannotBeReadOrWrittenIsAFailureInWords() throws Exception {
    Path file = Files.createDirectory(directory.resolve("known_hosts"));
    KnownHosts hosts = new KnownHosts(file);
    assertThatThrownBy(() -> hosts.judge(HOST, user.getPublic()))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.CONFIGURATION_ERROR));
    assertThatThrownBy(() -> hosts.add(HOST, user.getPublic()))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.CANNOT_CREATE));
  }

  @Test
  void duringAChangeBothHostKeysAreAnnouncedTheOneInUseFirst() throws Exception {
    HostKeys keys = new HostKeys(directory.resolve("host_key"));
    assertThat(keys.announced()).hasSize(1);
    PublicKey before = keys.current().getPublic();
    PublicKey next = keys.begin().getPublic();
    assertThat(keys.announced().stream().map(KeyPair::getPublic)).containsExactly(before, next);
    assertThatThrownBy(keys::begin).isInstanceOf(Failure.class).hasMessageContaining("already");
    assertThat(KeyUtils.compareKeys(keys.finish().getPublic(), next)).isTrue();
    assertThat(keys.announced().stream().map(KeyPair::getPublic)).containsExactly(next);
    assertThatThrownBy(keys::finish).isInstanceOf(Failure.class).hasMessageContaining("no such");
  }

  @Test
  void aHostCertificateMustBeOneOfTheKeyInUse() throws Exception {
    HostKeys keys = new HostKeys(directory.resolve("host_key"));
    Path file = directory.resolve("host-cert.pub");
    for (boolean own : new boolean[] {true, false}) {
      PublicKey of = own ? keys.current().getPublic() : user.getPublic();
      OpenSshCertificate certificate =
          OpenSshCertificateBuilder.hostCertificate()
              .serial(1)
              .publicKey(of)
              .id("h")
              .principals(List.of("mail.example.org"))
              .sign(authority);
      Files.writeString(file, PublicKeyEntry.toString(certificate) + "\n");
      if (own) {
        keys.checkCertificate(file);
      } else {
        assertRefused(keys, file);
      }
    }
    Files.writeString(
        file,
        PublicKeyEntry.toString(
            certificate("x").publicKey(keys.current().getPublic()).sign(authority)));
    assertRefused(keys, file);
    Files.writeString(file, "nonsense");
    assertRefused(keys, file);
    assertRefused(keys, directory.resolve("missing"));
  }

  private static void assertRefused(HostKeys keys, Path file) {
    assertThatThrownBy(() -> keys.checkCertificate(file))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.CONFIGURATION_ERROR))
        .hasMessageContaining("host_certificate " + file);
  }

  @Test
  void aSecretIsTheFirstLineOfAFileThatNobodyElseReads() throws Exception {
    Path file = directory.resolve("secret");
    Files.writeString(file, "sesame \nmore\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> SecretFile.read(file)).hasMessageContaining("chmod 600");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
    assertThat(SecretFile.read(file)).isEqualTo("sesame ");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    for (String bad : List.of("", "\nsecond\n", "x".repeat(20_000))) {
      Files.writeString(file, bad);
      assertThatThrownBy(() -> SecretFile.read(file)).isInstanceOf(Failure.class);
    }
    assertThatThrownBy(() -> SecretFile.read(directory.resolve("missing")))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("cannot be read");
  }
}
