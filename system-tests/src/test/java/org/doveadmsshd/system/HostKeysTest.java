package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How clients know the server: known hosts, host certificates, and a change of the key. */
class HostKeysTest {
  @TempDir Path directory;
  private TestSite site;

  @BeforeEach
  void start() throws Exception {
    site = new TestSite(directory, 2);
  }

  @AfterEach
  void stop() {
    site.close();
  }

  private void keygen(String... words) throws Exception {
    List<String> line = new ArrayList<>(List.of("ssh-keygen"));
    line.addAll(Arrays.asList(words));
    assertThat(site.exec(new byte[0], line.toArray(String[]::new)).code()).as("" + line).isZero();
  }

  private Path file(String name) {
    return directory.resolve(name);
  }

  private String host() {
    return "[127.0.0.1]:" + site.daemon.port();
  }

  private void knownHosts(String... lines) throws Exception {
    Files.write(file("known_hosts"), List.of(lines));
  }

  private String key(String name) throws Exception {
    String[] words = Files.readString(file(name + ".pub")).split(" ");
    return words[0] + " " + words[1].strip();
  }

  private TestSite.Result server(String... words) throws Exception {
    List<String> line = TestSite.java("org.doveadmsshd.server.Main");
    line.addAll(List.of("-c", file("sshd.conf").toString()));
    line.addAll(Arrays.asList(words));
    return site.exec(new byte[0], line.toArray(String[]::new));
  }

  private void configure(String line) throws Exception {
    String before = Files.readString(file("sshd.conf"));
    Files.writeString(file("sshd.conf"), line + "\n" + before);
  }

  @Test
  void hashedNamesAreKnownAndRevokedKeysAreNot() throws Exception {
    keygen("-q", "-H", "-f", file("known_hosts").toString());
    assertThat(Files.readString(file("known_hosts"))).startsWith("|1|");
    assertThat(site.doveadmSsh("who").code()).isZero();
    knownHosts("@revoked " + host() + " " + key("host_key"), host() + " " + key("host_key"));
    TestSite.Result revoked = site.doveadmSsh("user", "*");
    assertThat(revoked.code()).isEqualTo(77);
    assertThat(revoked.out()).isEmpty();
  }

  @Test
  void aHostCertificateIsAsGoodAsItsAuthorityAndItsName() throws Exception {
    keygen("-q", "-t", "ed25519", "-N", "", "-f", file("ca").toString());
    knownHosts("@cert-authority * " + key("ca"));
    certify("127.0.0.1");
    assertThat(site.doveadmSsh("who").code()).isEqualTo(77);
    configure("host_certificate = host_key-cert.pub");
    knownHosts(host() + " " + key("host_key"));
    assertThat(site.doveadm("reload").code()).isZero();
    assertThat(site.doveadmSsh("who").code()).as("the plain key is still known").isZero();
    knownHosts("@cert-authority * " + key("ca"));
    assertThat(site.doveadmSsh("who").code()).isZero();
    assertThat(site.doveadm("who").code()).as("the stock client").isZero();
    knownHosts("@cert-authority other.example " + key("ca"));
    assertThat(site.doveadmSsh("who").code()).isEqualTo(77);
    knownHosts("@cert-authority * " + key("ca"));
    for (String[] bad :
        new String[][] {{"other.example"}, {"127.0.0.1", "-V", "20200101:20200102"}}) {
      certify(bad[0], Arrays.copyOfRange(bad, 1, bad.length));
      TestSite.Result result = site.doveadmSsh("user", "*");
      assertThat(result.code()).as(Arrays.toString(bad)).isNotZero();
      assertThat(result.out()).isEmpty();
    }
  }

  private void certify(String principal, String... options) throws Exception {
    List<String> words = new ArrayList<>(List.of("-q", "-h", "-s", file("ca").toString()));
    words.addAll(List.of("-I", "host", "-n", principal));
    words.addAll(Arrays.asList(options));
    words.add(file("host_key.pub").toString());
    keygen(words.toArray(String[]::new));
  }

  @Test
  void aCertificateOfAnotherKeyChangesNothing() throws Exception {
    keygen("-q", "-t", "ed25519", "-N", "", "-f", file("ca").toString());
    keygen("-q", "-h", "-s", file("ca").toString(), "-I", "x", file("key-admin.pub").toString());
    configure("host_certificate = key-admin-cert.pub");
    TestSite.Result result = site.doveadm("reload");
    assertThat(result.code()).isEqualTo(78);
    assertThat(result.error()).contains("not a host's certificate");
    assertThat(site.doveadm("who").code()).isZero();
  }

  @Test
  void clientsLearnTheNextKeyBeforeItIsUsed() throws Exception {
    TestSite.Result begun = server("keys", "rotate");
    assertThat(begun.code()).as(begun.error()).isZero();
    assertThat(begun.lines()).anyMatch(line -> line.startsWith("next"));
    assertThat(site.doveadm("reload").code()).isZero();
    List<String> words = new ArrayList<>(site.ssh("admin", "-o", "UpdateHostKeys=yes"));
    words.add("doveadm who");
    assertThat(site.exec(new byte[0], words.toArray(String[]::new)).code()).isZero();
    assertThat(Files.readString(file("known_hosts"))).contains(key("host_key.next").split(" ")[1]);
    final String learned = key("host_key.next");
    assertThat(server("keys", "rotate").code()).isZero();
    assertThat(key("host_key")).isEqualTo(learned);
    assertThat(site.doveadm("reload").code()).as("with the old key").isZero();
    assertThat(site.doveadm("who").code()).as("with the new key").isZero();
    assertThat(site.doveadmSsh("who").code()).isZero();
    assertThat(server("keys", "list").lines()).anyMatch(line -> line.startsWith("before"));
    assertThat(server("keys").code()).isEqualTo(64);
  }

  @Test
  void aHostIsTrustedOnlyWhenSomebodySaysSo() throws Exception {
    final String fingerprint =
        site.exec(new byte[0], "ssh-keygen", "-lf", file("host_key.pub").toString())
            .out()
            .split(" ")[1];
    Files.delete(file("known_hosts"));
    TestSite.Result unknown = site.doveadmSsh("who");
    assertThat(unknown.code()).isEqualTo(77);
    assertThat(unknown.error()).contains("doveadm-ssh trust [127.0.0.1]:", fingerprint);
    TestSite.Result nobody = site.doveadmSsh("trust", "one");
    assertThat(nobody.code()).isEqualTo(77);
    assertThat(nobody.out()).contains(fingerprint);
    TestSite.Result wrong = site.doveadmSsh("trust", "--fingerprint", "SHA256:AAAA", "one");
    assertThat(wrong.code()).isEqualTo(77);
    assertThat(file("known_hosts")).doesNotExist();
    assertThat(site.doveadmSsh("trust", "--fingerprint", fingerprint, host()).code()).isZero();
    assertThat(Files.readString(file("known_hosts")))
        .isEqualTo(host() + " " + key("host_key") + "\n");
    assertThat(site.doveadmSsh("who").code()).isZero();
    assertThat(site.doveadmSsh("trust", "one").out()).contains("already");
    knownHosts(host() + " " + key("key-admin"));
    TestSite.Result changed = site.doveadmSsh("trust", "--fingerprint", fingerprint, "one");
    assertThat(changed.code()).isEqualTo(77);
    assertThat(changed.error()).contains("ANOTHER KEY");
    assertThat(site.doveadmSsh("trust", "127.0.0.1:1").code()).isEqualTo(75);
    assertThat(site.doveadmSsh("trust").code()).isEqualTo(64);
  }

  @Test
  void aKeyThatWasMadeHereLetsInWhereItIsAuthorized() throws Exception {
    String made = file("made").toString();
    TestSite.Result result = site.doveadmSsh("keygen", "-f", made, "-C", "me");
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("SHA256:");
    assertThat(Files.getPosixFilePermissions(file("made"))).hasSize(2);
    Files.copy(
        file("made.pub"),
        file("authorized/admin"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    String before = Files.readString(file("doveadm-ssh.conf"));
    Files.writeString(file("doveadm-ssh.conf"), before.replace("key-admin", "made"));
    assertThat(site.doveadmSsh("who").code()).isZero();
    byte[] kept = Files.readAllBytes(file("made"));
    TestSite.Result again = site.doveadmSsh("keygen", "-f", made);
    assertThat(again.code()).isEqualTo(78);
    assertThat(again.error()).contains("already");
    assertThat(Files.readAllBytes(file("made"))).isEqualTo(kept);
  }
}
