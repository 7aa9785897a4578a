package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.doveadmsshd.keys.UserCertificates;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates that ssh-keygen makes, and their revocation, through the stock client. */
class CertificatesTest {
  @TempDir static Path directory;
  private static TestSite site;
  private static String user;

  @BeforeAll
  static void start() throws Exception {
    Files.writeString(directory.resolve("ca-keys"), "");
    Files.writeString(directory.resolve("revoked"), "");
    site =
        new TestSite(
            directory,
            4,
            """
            trusted_user_ca_keys = ca-keys
            certificate_commands = search user "mailbox list"
            revoked_keys = revoked
            """);
    for (String name : List.of("ca", "other-ca")) {
      keygen("-q", "-t", "ed25519", "-N", "", "-f", name);
    }
    keygen("-q", "-t", "ecdsa", "-N", "", "-f", "ecdsa-ca");
    keygen("-q", "-t", "ed25519", "-N", "", "-f", "person");
    Files.writeString(
        directory.resolve("ca-keys"),
        "# those we trust\n"
            + Files.readString(directory.resolve("ca.pub"))
            + Files.readString(directory.resolve("ecdsa-ca.pub")));
    user = Files.readAllLines(directory.resolve("users")).get(0).split(":")[0];
  }

  @AfterAll
  static void stop() {
    site.close();
  }

  @BeforeEach
  void nothingIsRevoked() throws Exception {
    Files.writeString(directory.resolve("revoked"), "");
  }

  private static void keygen(String... words) throws Exception {
    List<String> line = new ArrayList<>(List.of("ssh-keygen"));
    for (int i = 0; i < words.length; i++) {
      boolean file = i > 0 && List.of("-f", "-s", "-u").contains(words[i - 1]);
      line.add(file ? directory.resolve(words[i]).toString() : words[i]);
    }
    assertThat(site.exec(new byte[0], line.toArray(String[]::new)).code()).as("" + line).isZero();
  }

  private static void sign(String authority, String principals, String... options)
      throws Exception {
    List<String> words = new ArrayList<>(List.of("-q", "-s", authority, "-I", "person on duty"));
    if (!principals.isEmpty()) {
      words.addAll(List.of("-n", principals));
    }
    words.addAll(Arrays.asList(options));
    words.add(directory.resolve("person.pub").toString());
    keygen(words.toArray(String[]::new));
  }

  private static TestSite.Result as(String name, String line) throws Exception {
    List<String> words = new ArrayList<>(site.ssh("admin"));
    words.replaceAll(
        word -> word.endsWith("/key-admin") ? directory.resolve("person").toString() : word);
    words.set(words.lastIndexOf("admin"), name);
    words.add("doveadm " + line);
    return site.exec(new byte[0], words.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ca", "ecdsa-ca"})
  void aPrincipalThatIsAMasterLetsInAsThatMaster(String authority) throws Exception {
    sign(authority, "somebody,admin", "-z", "7");
    assertThat(as("admin", "who").code()).isZero();
    assertThat(as("admin@example.org", "who").code()).isEqualTo(255);
    assertThat(as("somebody", "who").code()).as("no master").isEqualTo(255);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "other-ca | admin | -z 1",
        "ca | root | -z 1",
        "ca | '' | -z 1",
        "ca | admin | -h",
        "ca | admin | -V 20200101:20200102",
        "ca | admin | -V 20990101:20990102",
        "ca | admin | -O source-address=192.0.2.0/24",
        "ca | admin | -O critical:something-new=x",
        "ca | admin | -O verify-required",
      })
  void aCertificateThatIsNotForThisLetsNobodyIn(String ca, String principals, String options)
      throws Exception {
    sign(ca, principals, options.split(" "));
    assertThat(as("admin", "who").code()).isEqualTo(255);
  }

  @Test
  void restrictionsInACertificateHold() throws Exception {
    sign("ca", "admin", "-O", "source-address=127.0.0.0/8");
    assertThat(as("admin", "who").code()).isZero();
    sign("ca", "admin", "-O", "force-command=doveadm user " + user);
    TestSite.Result forced = as("admin", "expunge -A mailbox INBOX all");
    assertThat(forced.code()).isZero();
    assertThat(forced.out()).contains("home");
  }

  @Test
  void aPrincipalThatIsAMaskLetsInForTheseUsers() throws Exception {
    sign("ca", "*@example.org");
    List<String> names = as("helpdesk", "user '*'").lines();
    assertThat(names).isNotEmpty().allMatch(name -> name.endsWith("@example.org"));
    assertThat(as("helpdesk", "search -u " + names.get(0) + " all").code()).isZero();
    assertThat(as("helpdesk", "expunge -u " + names.get(0) + " mailbox Trash all").code())
        .as("certificate_commands")
        .isEqualTo(77);
    assertThat(as("admin", "user '*'").code()).as("a master's name is his own").isEqualTo(255);
  }

  @Test
  void otherAuthoritiesCountFromTheNextReloadOn() throws Exception {
    Path configuration = directory.resolve("sshd.conf");
    String before = Files.readString(configuration);
    sign("ca", "admin");
    Files.writeString(configuration, before.replace("= ca-keys", "= other-ca.pub"));
    assertThat(site.doveadm("reload").code()).isZero();
    assertThat(as("admin", "who").code()).isEqualTo(255);
    sign("other-ca", "admin");
    assertThat(as("admin", "who").code()).isZero();
    Files.writeString(configuration, before);
    assertThat(site.doveadm("reload").code()).isZero();
    assertThat(as("admin", "who").code()).isEqualTo(255);
  }

  @Test
  void withoutCommandsForThemMasksLetNobodyIn() throws Exception {
    UserCertificates none =
        new UserCertificates(Optional.of(directory.resolve("ca-keys")), Set.of());
    sign("ca", "*@example.org");
    OpenSshCertificate certificate =
        (OpenSshCertificate)
            PublicKeyEntry.parsePublicKeyEntry(
                    Files.readString(directory.resolve("person-cert.pub")))
                .resolvePublicKey(null, null, null);
    assertThat(none.find("helpdesk", false, certificate, "127.0.0.1", Instant.now())).isEmpty();
    UserCertificates some =
        new UserCertificates(Optional.of(directory.resolve("ca-keys")), Set.of("read"));
    assertThat(some.find("helpdesk", false, certificate, "127.0.0.1", Instant.now())).isPresent();
    for (String odd :
        List.of("", "x\n2026-11-26 INFO root logged in", "x\u001b[2J", "x".repeat(300))) {
      assertThat(some.find(odd, false, certificate, "127.0.0.1", Instant.now())).as(odd).isEmpty();
    }
  }

  @Test
  void whatIsRevokedLetsNobodyIn() throws Exception {
    sign("ca", "admin", "-z", "42");
    Path revoked = directory.resolve("revoked");
    Files.copy(
        directory.resolve("person.pub"),
        revoked,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThat(as("admin", "who").code()).as("a plain list").isEqualTo(255);
    for (String specification :
        List.of(
            "serial: 42",
            "serial: 1-100",
            "serial: 40\nserial: 42\nserial: 44\nserial: 47",
            "id: person on duty",
            "key: " + Files.readString(directory.resolve("person.pub")),
            "sha1: " + Files.readString(directory.resolve("person.pub")),
            "sha256: " + Files.readString(directory.resolve("person.pub")),
            "key: " + Files.readString(directory.resolve("ca.pub")))) {
      revocationList(specification);
      assertThat(as("admin", "who").code()).as(specification).isEqualTo(255);
      assertThat(site.doveadm("who").code()).as("others").isZero();
    }
    revocationList("serial: 41\nserial: 43-99\nid: person");
    assertThat(as("admin", "who").code()).isZero();
    revocationList("key: " + Files.readString(directory.resolve("key-admin.pub")));
    assertThat(site.doveadm("who").code()).as("a key without a certificate").isEqualTo(255);
  }

  private static void revocationList(String specification) throws Exception {
    Files.writeString(directory.resolve("specification"), specification.strip() + "\n");
    String specified = directory.resolve("specification").toString();
    Files.delete(directory.resolve("revoked"));
    keygen("-q", "-k", "-f", "revoked", "-s", "ca.pub", specified);
  }

  @Test
  void aListThatCannotBeReadRevokesAll() throws Exception {
    revocationList("serial: 1");
    byte[] whole = Files.readAllBytes(directory.resolve("revoked"));
    for (int length : List.of(9, 12, 30, whole.length - 1)) {
      Files.write(directory.resolve("revoked"), Arrays.copyOf(whole, length));
      assertThat(site.doveadm("who").code()).as(length + " bytes").isEqualTo(255);
    }
    Files.writeString(directory.resolve("revoked"), "ssh-ed25519 AAAA\n");
    assertThat(site.doveadm("who").code()).isEqualTo(255);
    Files.delete(directory.resolve("revoked"));
    assertThat(site.doveadm("who").code()).isEqualTo(255);
  }

  @Test
  void theKeyOfAnAuthorityAloneLetsNobodyIn() throws Exception {
    sign("other-ca", "admin");
    assertThat(as("admin", "who").code()).isEqualTo(255);
    Files.deleteIfExists(directory.resolve("person-cert.pub"));
    assertThat(as("admin", "who").code()).as("the key without its certificate").isEqualTo(255);
  }

  @Test
  void anAgentWithTheCertificateWillDo() throws Exception {
    sign("ca", "admin");
    TestSite.Result result =
        site.exec(
            new byte[0],
            "ssh-agent",
            "sh",
            "-c",
            "ssh-add -q '%s' && exec ssh -F none -p %d -o BatchMode=yes -o UserKnownHostsFile='%s' -l admin 127.0.0.1 doveadm who"
                .formatted(
                    directory.resolve("person"),
                    site.daemon.port(),
                    directory.resolve("known_hosts")));
    assertThat(result.code()).as(result.error()).isZero();
  }
}
