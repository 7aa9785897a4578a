package org.doveadmsshd.auth.ldap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.auth.Passdb;
import org.doveadmsshd.base.Failure;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** OpenLDAP's own server, also over TLS. */
@EnabledIf("isInstalled")
class SlapdTest implements LdapDirectoryContract {
  private static final String SLAPD = "/usr/sbin/slapd";

  @TempDir static Path directory;
  private static final List<Process> PROCESSES = new ArrayList<>();
  private static int port;

  /** Of a server whose certificate names another host. */
  private static int otherPort;

  static boolean isInstalled() {
    return Files.isExecutable(Path.of(SLAPD));
  }

  @BeforeAll
  static void start() throws Exception {
    certificate("server", "localhost");
    certificate("other", "localhost");
    certificate("elsewhere", "elsewhere.example");
    port = start("server");
    otherPort = start("elsewhere");
  }

  /** Starts a server with a certificate; returns its port. */
  private static int start(String name) throws Exception {
    Path configuration = directory.resolve(name + ".conf");
    Files.createDirectory(directory.resolve("data-" + name));
    Files.writeString(
        configuration,
        """
        include /etc/ldap/schema/core.schema
        include /etc/ldap/schema/cosine.schema
        include /etc/ldap/schema/nis.schema
        modulepath /usr/lib/ldap
        moduleload back_mdb
        pidfile %1$s/pid-%3$s
        TLSCertificateFile %1$s/%3$s.pem
        TLSCertificateKeyFile %1$s/%3$s.key
        database mdb
        suffix "%2$s"
        rootdn "cn=admin,%2$s"
        rootpw adminsecret
        directory %1$s/data-%3$s
        index uid eq
        """
            .formatted(directory, BASE, name));
    Path ldif = directory.resolve("all.ldif");
    Files.writeString(ldif, LdapDirectoryContract.ldif());
    run("/usr/sbin/slapadd", "-q", "-f", configuration.toString(), "-l", ldif.toString());
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    Process process =
        new ProcessBuilder(
                SLAPD, "-d", "0", "-f", configuration.toString(), "-h", "ldap://127.0.0.1:" + free)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("slapd.log").toFile())
            .start();
    PROCESSES.add(process);
    await(process, free);
    return free;
  }

  private static void await(Process process, int listening) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress("127.0.0.1", listening), 1000);
        return;
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() > end) {
          throw new IllegalStateException(Files.readString(directory.resolve("slapd.log")), e);
        }
        Thread.sleep(20);
      }
    }
  }

  private static void run(String... command) throws Exception {
    Path log = directory.resolve("run.log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    if (builder.start().waitFor() != 0) {
      throw new IllegalStateException(Files.readString(log));
    }
  }

  /** A certificate for a host, signed by itself. */
  private static void certificate(String name, String host) throws Exception {
    Path store = directory.resolve(name + ".p12");
    run(
        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        "-genkeypair",
        "-keyalg",
        "RSA",
        "-alias",
        "x",
        "-dname",
        "CN=" + host,
        "-ext",
        "san=dns:" + host,
        "-ext",
        "bc=ca:true",
        "-keystore",
        store.toString(),
        "-storepass",
        "changeit");
    KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    pem(name + ".pem", "CERTIFICATE", keys.getCertificate("x").getEncoded());
    pem(name + ".key", "PRIVATE KEY", keys.getKey("x", "changeit".toCharArray()).getEncoded());
  }

  private static void pem(String file, String kind, byte[] content) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    Files.writeString(
        directory.resolve(file),
        "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(kind, text));
  }

  @AfterAll
  static void stop() throws Exception {
    for (Process process : PROCESSES) {
      process.destroy();
      process.waitFor(20, TimeUnit.SECONDS);
    }
  }

  @Override
  public List<String> uris() {
    return List.of("ldap://127.0.0.1:" + port);
  }

  private LdapSettings overTls(int at, String ca) {
    return LdapDirectoryContract.settings(
        List.of("ldap://localhost:" + at),
        "adminsecret",
        directory.resolve(ca).toString(),
        true,
        "");
  }

  @Test
  void aDirectoryWhoseCertificateIsTrustedIsAskedOverTls() throws Failure {
    try (LdapDirectory secure = new LdapDirectory(overTls(port, "server.pem"))) {
      assertThat(secure.find("jane")).isPresent();
      assertThat(secure.binding().verify(new LoginAttempt("jane", "secret", "")).verdict())
          .isEqualTo(Passdb.Verdict.RIGHT);
    }
  }

  @Test
  void anyOtherOneIsNot() {
    for (LdapSettings settings :
        List.of(
            overTls(port, "other.pem"),
            overTls(otherPort, "elsewhere.pem"),
            overTls(port, "nosuch.pem"))) {
      try (LdapDirectory secure = new LdapDirectory(settings)) {
        assertThatThrownBy(() -> secure.find("jane"))
            .as(settings.uris() + " " + settings.caFile())
            .isInstanceOfSatisfying(
                Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(75));
        assertThatThrownBy(() -> secure.binding().verify(new LoginAttempt("jane", "secret", "")))
            .isInstanceOf(Failure.class);
      }
    }
  }
}
