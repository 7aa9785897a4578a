package org.doveadmsshd.server.ssh;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.DataInputStream;
import java.net.Socket;
import java.util.List;
import java.util.function.Consumer;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** Which algorithms a connection gets. */
@Timeout(60)
class OfferedAlgorithmsTest {
  private final MemorySite site = new MemorySite();
  private Caller caller;

  @AfterEach
  void stop() throws Exception {
    if (caller != null) {
      caller.close();
    }
    site.close();
  }

  private Caller.LoggedIn connect(Consumer<SshClient> changes) throws Exception {
    caller = new Caller(site, changes);
    return caller.admin();
  }

  private static void exchanges(SshClient client, BuiltinDHFactories... known) {
    client.setKeyExchangeFactories(
        NamedFactory.setUpTransformedFactories(true, List.of(known), ClientBuilder.DH2KEX));
  }

  private static void ciphers(SshClient client, BuiltinCiphers... known) {
    client.setCipherFactories(List.of(known));
    client.setMacFactories(List.of(BuiltinMacs.hmacsha256));
  }

  private static String cipher(Caller.LoggedIn connection) {
    return connection.session().getNegotiatedKexParameter(KexProposalOption.S2CENC);
  }

  private static String exchange(Caller.LoggedIn connection) {
    return connection.session().getNegotiatedKexParameter(KexProposalOption.ALGORITHMS);
  }

  private static void assertWorks(Caller.LoggedIn connection) throws Exception {
    assertThat(connection.run("doveadm search -A all").lines()).hasSize(3);
  }

  @Test
  void whoKnowsTheBestGetsItAlthoughHeWouldRatherHaveSomethingElse() throws Exception {
    Consumer<SshClient> prefers =
        client -> {
          ciphers(client, BuiltinCiphers.aes256ctr, BuiltinCiphers.aes128gcm);
          exchanges(client, BuiltinDHFactories.ecdhp256, BuiltinDHFactories.curve25519);
        };
    try (Caller.LoggedIn admin = connect(prefers)) {
      assertThat(cipher(admin)).isEqualTo("aes128-gcm@openssh.com");
      assertThat(exchange(admin)).isEqualTo("curve25519-sha256");
      assertWorks(admin);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"aes128ctr", "aes256ctr"})
  void whoKnowsNoBetterCipherGetsAnOlderOneAndTheBestExchange(BuiltinCiphers older)
      throws Exception {
    try (Caller.LoggedIn admin = connect(client -> ciphers(client, older))) {
      assertThat(cipher(admin)).isEqualTo(older.getName());
      assertThat(exchange(admin))
          .isIn("mlkem768x25519-sha256", "sntrup761x25519-sha512@openssh.com");
      assertWorks(admin);
      admin.session().reExchangeKeys().verify(Caller.LONG);
      assertThat(cipher(admin)).as("after the keys are renewed").isEqualTo(older.getName());
      assertWorks(admin);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = BuiltinDHFactories.class,
      names = {
        "mlkem768x25519",
        "sntrup761x25519_openssh",
        "curve25519",
        "curve25519_libssh",
        "ecdhp256",
        "dhg14_256"
      })
  void eachOfTheseExchangesWillDo(BuiltinDHFactories known) throws Exception {
    try (Caller.LoggedIn admin = connect(client -> exchanges(client, known))) {
      assertThat(exchange(admin)).isEqualTo(known.getName());
      assertThat(cipher(admin)).endsWith("gcm@openssh.com");
      assertWorks(admin);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = BuiltinDHFactories.class,
      names = {"dhg1", "dhg14", "dhgex", "dhg18_512", "ecdhp521"})
  @SuppressWarnings("deprecation")
  void otherExchangesWillNot(BuiltinDHFactories known) {
    assertThatThrownBy(() -> connect(client -> exchanges(client, known)))
        .isInstanceOf(SshException.class);
  }

  @ParameterizedTest
  @EnumSource(
      value = BuiltinCiphers.class,
      names = {"aes128cbc", "aes256cbc", "aes192ctr", "cc20p1305_openssh"})
  void otherCiphersWillNot(BuiltinCiphers known) {
    assertThatThrownBy(() -> connect(client -> ciphers(client, known)))
        .isInstanceOf(SshException.class);
  }

  @ParameterizedTest
  @EnumSource(
      value = BuiltinMacs.class,
      names = {"hmacsha1", "hmacsha1etm", "hmacmd5"})
  @SuppressWarnings("deprecation")
  void oldChecksumsWillNot(BuiltinMacs known) {
    assertThatThrownBy(
            () ->
                connect(
                    client -> {
                      client.setCipherFactories(List.of(BuiltinCiphers.aes128ctr));
                      client.setMacFactories(List.of(known));
                    }))
        .isInstanceOf(SshException.class);
  }

  @Test
  void theLogSaysWhatAClientOffersThatHasNothingInCommon() throws Exception {
    ListAppender<ILoggingEvent> seen = new ListAppender<>();
    Logger log = (Logger) LoggerFactory.getLogger(MisfitClients.class);
    seen.start();
    log.addAppender(seen);
    try {
      assertThatThrownBy(() -> connect(client -> ciphers(client, BuiltinCiphers.aes256cbc)))
          .isInstanceOf(SshException.class);
      Await.until("it is said", () -> !seen.list.isEmpty());
      assertThat(seen.list).hasSize(1);
      assertThat(seen.list.get(0).getFormattedMessage())
          .startsWith("No algorithm in common with SSH-2.0-")
          .contains("it offers aes256-cbc; the server offers aes128-gcm@openssh.com");
      caller.close();
      connect(client -> {}).close();
      assertThat(seen.list).as("whoever fits is not told of").hasSize(1);
    } finally {
      log.detachAppender(seen);
    }
  }

  @Test
  void whoWaitsForTheServersProposalGetsOneWithEverything() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", site.port())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write("SSH-2.0-patient\r\n".getBytes(ISO_8859_1));
      DataInputStream in = new DataInputStream(socket.getInputStream());
      while (in.readByte() != '\n') {
        // the server's name
      }
      byte[] packet = new byte[in.readInt()];
      in.readFully(packet);
      assertThat(packet[1]).as("SSH_MSG_KEXINIT").isEqualTo((byte) 20);
      assertThat(new String(packet, ISO_8859_1))
          .contains("aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes128-ctr,aes256-ctr")
          .contains("curve25519-sha256@libssh.org,ecdh-sha2-nistp256,diffie-hellman-group14-sha256")
          .contains("kex-strict-s-v00@openssh.com")
          .contains("hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256")
          .doesNotContain("sha1", "cbc", "zlib");
    }
  }

  @Test
  void keysMayBeRenewedAsOftenAsAClientLikesWhileCommandsGoOn() throws Exception {
    String body = ("y".repeat(70) + "\n").repeat(15_000);
    site.mail("mary", "large", body);
    try (Caller.LoggedIn admin = connect(client -> {})) {
      Caller.Call fetch = admin.begin("doveadm fetch -u mary body all");
      for (int i = 0; i < 5; i++) {
        admin.session().reExchangeKeys().verify(Caller.LONG);
      }
      Caller.Ended ended = fetch.end();
      assertThat(ended.code()).isZero();
      assertThat(ended.out().split("y{70}", -1)).hasSize(15_001);
    }
  }
}
