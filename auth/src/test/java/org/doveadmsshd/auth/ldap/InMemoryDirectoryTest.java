package org.doveadmsshd.auth.ldap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldif.LDIFReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.base.Failure;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InMemoryDirectoryTest implements LdapDirectoryContract {
  private static InMemoryDirectoryServer server;

  @BeforeAll
  static void start() throws Exception {
    InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig(BASE);
    config.addAdditionalBindCredentials("cn=admin," + BASE, "adminsecret");
    config.setSchema(null);
    config.setListenerConfigs(
        InMemoryListenerConfig.createLDAPConfig(
            "plain", InetAddress.getLoopbackAddress(), 0, null));
    server = new InMemoryDirectoryServer(config);
    byte[] ldif = LdapDirectoryContract.ldif().getBytes(StandardCharsets.UTF_8);
    server.importFromLDIF(true, new LDIFReader(new ByteArrayInputStream(ldif)));
    server.startListening();
  }

  @AfterAll
  static void stop() {
    server.shutDown(true);
  }

  @Override
  public List<String> uris() {
    return List.of("ldap://127.0.0.1:" + server.getListenPort());
  }

  private static void fails(LdapDirectory directory) {
    for (String asked : List.of("user", "password", "list", "bind")) {
      assertThatThrownBy(
              () -> {
                switch (asked) {
                  case "user" -> directory.find("jane");
                  case "password" -> directory.find(new LoginAttempt("jane", "secret", ""));
                  case "list" -> directory.forEach(name -> {});
                  default -> directory.binding().verify(new LoginAttempt("jane", "secret", ""));
                }
              })
          .isInstanceOfSatisfying(
              Failure.class,
              e -> {
                assertThat(e.outcome().exitCode()).isEqualTo(75);
                assertThat(e.getMessage()).doesNotContain("adminsecret").doesNotContain("127.");
              });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"down", "", "nonsense"})
  void aDirectoryThatIsDownSilentOrMadIsATemporaryFailureSoon(String says) throws Exception {
    List<Socket> open = new ArrayList<>();
    long begun = System.nanoTime();
    try (ServerSocket mad = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread answering =
          new Thread(
              () -> {
                try {
                  while (true) {
                    Socket socket = mad.accept();
                    open.add(socket);
                    socket.getOutputStream().write(says.getBytes(StandardCharsets.UTF_8));
                    socket.getOutputStream().flush();
                  }
                } catch (IOException e) {
                  // the test is over
                }
              });
      answering.start();
      if (says.equals("down")) {
        mad.close();
      }
      LdapConnections.Patience patience = new LdapConnections.Patience(500, 500);
      String uri = "ldap://127.0.0.1:" + mad.getLocalPort();
      LdapSettings settings =
          LdapDirectoryContract.settings(List.of(uri), "adminsecret", "", true, "");
      try (LdapDirectory directory = new LdapDirectory(settings, patience)) {
        fails(directory);
      }
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
    assertThat((System.nanoTime() - begun) / 1_000_000_000L).isLessThan(60);
  }

  @Test
  void aWrongPasswordOfOursIsAFailureOfOurs() {
    LdapSettings wrong = LdapDirectoryContract.settings(uris(), "wrong", "", false, "");
    try (LdapDirectory directory = new LdapDirectory(wrong)) {
      fails(directory);
    }
  }

  @Test
  void mistakesAreAllNamed() {
    LdapSettings settings =
        new LdapSettings(
            List.of("http://x", "ldapi://%2Frun%2Fldapi"),
            "",
            "",
            false,
            "",
            true,
            "not a dn %q",
            "nonsense",
            "everything",
            "a=b=%q",
            "(uid=%u",
            "=x",
            "(uid=%z)",
            "uid=user",
            "((",
            "");
    assertThat(settings.mistakes()).hasSizeGreaterThanOrEqualTo(9);
    assertThat(settings(false, "").mistakes()).isEmpty();
    assertThat(settings(false, "").toString()).doesNotContain("adminsecret");
  }
}
