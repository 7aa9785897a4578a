package org.doveadmsshd.server.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.certificate.OpenSshCertificateBuilder;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How clients learn the server's keys, and that it has them. */
@Timeout(60)
class HostKeyAnnouncementTest {
  private static final String KEYS = "hostkeys-00@openssh.com";
  private static final String PROVE = "hostkeys-prove-00@openssh.com";
  private static final KeyPair NEXT = MemorySite.key();

  @TempDir Path directory;
  private final LinkedBlockingQueue<List<PublicKey>> told = new LinkedBlockingQueue<>();
  private final MemorySite site = new MemorySite();
  private final Caller caller =
      new Caller(site, client -> client.setGlobalRequestHandlers(List.of(this::take)));

  @AfterEach
  void stop() throws Exception {
    caller.close();
    site.close();
  }

  private RequestHandler.Result take(
      ConnectionService service, String request, boolean wantReply, Buffer buffer)
      throws Exception {
    if (!request.equals(KEYS)) {
      return RequestHandler.Result.Unsupported;
    }
    assertThat(wantReply).isFalse();
    List<PublicKey> keys = new ArrayList<>();
    while (buffer.available() > 0) {
      keys.add(buffer.getPublicKey());
    }
    told.add(keys);
    return RequestHandler.Result.Replied;
  }

  private List<PublicKey> next() throws InterruptedException {
    return told.poll(30, TimeUnit.SECONDS);
  }

  private static byte[] blob(KeyPair pair) {
    ByteArrayBuffer blob = new ByteArrayBuffer();
    blob.putRawPublicKey(pair.getPublic());
    return blob.getCompactData();
  }

  /** The proofs for keys; null when the server does not prove that. */
  private static Buffer ask(ClientSession session, List<byte[]> blobs) throws Exception {
    Buffer request = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST, 4096);
    request.putString(PROVE);
    request.putBoolean(true);
    blobs.forEach(request::putBytes);
    return session.request(PROVE, request, Caller.LONG);
  }

  private static boolean proves(ClientSession session, KeyPair pair, byte[] proof)
      throws Exception {
    Buffer signed = new ByteArrayBuffer();
    signed.putString(PROVE);
    signed.putBytes(session.getSessionId());
    signed.putBytes(blob(pair));
    Signature verifier =
        NamedFactory.create(
            session.getFactoryManager().getSignatureFactories(),
            KeyUtils.getKeyType(pair.getPublic()));
    verifier.initVerifier(session, pair.getPublic());
    verifier.update(session, signed.array(), 0, signed.available());
    return verifier.verify(session, proof);
  }

  @Test
  void theKeysAreSaidWithTheFirstChannelAndNotAgain() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      assertThat(told).as("while a login goes on").isEmpty();
      admin.run("doveadm user jane");
      assertThat(next()).containsExactly(MemorySite.HOST.getPublic());
      admin.run("doveadm user jane");
      admin.run("doveadm user jane");
      assertThat(told).isEmpty();
    }
  }

  @Test
  void theNextKeyIsSaidAndProvedBeforeItIsUsed() throws Exception {
    site.endpoint.identify(
        new SshEndpoint.HostIdentity(List.of(MemorySite.HOST, NEXT), Optional.empty()));
    try (Caller.LoggedIn admin = caller.admin()) {
      assertThat(admin.session().getServerKey()).isEqualTo(MemorySite.HOST.getPublic());
      admin.run("doveadm user jane");
      assertThat(next()).containsExactly(MemorySite.HOST.getPublic(), NEXT.getPublic());
      Buffer proofs = ask(admin.session(), List.of(blob(NEXT), blob(MemorySite.HOST)));
      assertThat(proves(admin.session(), NEXT, proofs.getBytes())).isTrue();
      byte[] second = proofs.getBytes();
      assertThat(proves(admin.session(), MemorySite.HOST, second)).isTrue();
      assertThat(proves(admin.session(), NEXT, second)).as("of the other key").isFalse();
      assertThat(proofs.available()).isZero();
    }
  }

  @Test
  void aProofIsGoodForItsConnectionOnly() throws Exception {
    try (Caller.LoggedIn one = caller.admin();
        Caller.LoggedIn other = caller.admin()) {
      byte[] proof = ask(one.session(), List.of(blob(MemorySite.HOST))).getBytes();
      assertThat(proves(one.session(), MemorySite.HOST, proof)).isTrue();
      assertThat(proves(other.session(), MemorySite.HOST, proof)).isFalse();
    }
  }

  @Test
  void aCertificateIsShownToThoseWhoKnowCertificatesAndThePlainKeyIsAnnounced() throws Exception {
    OpenSshCertificate certificate =
        OpenSshCertificateBuilder.hostCertificate()
            .publicKey(MemorySite.HOST.getPublic())
            .id("host")
            .principals(List.of("127.0.0.1"))
            .validAfter(Instant.now().minusSeconds(3600))
            .validBefore(Instant.now().plusSeconds(3600))
            .sign(MemorySite.STRANGER);
    Path file = directory.resolve("host-cert.pub");
    Files.writeString(file, PublicKeyEntry.toString(certificate) + "\n");
    site.endpoint.identify(
        new SshEndpoint.HostIdentity(List.of(MemorySite.HOST), Optional.of(file)));
    try (Caller.LoggedIn admin = caller.admin()) {
      assertThat(admin.session().getServerKey())
          .isInstanceOfSatisfying(
              OpenSshCertificate.class, shown -> assertThat(shown.getId()).isEqualTo("host"));
      admin.run("doveadm user jane");
      assertThat(next()).containsExactly(MemorySite.HOST.getPublic());
    }
    site.endpoint.identify(
        new SshEndpoint.HostIdentity(List.of(MemorySite.HOST), Optional.empty()));
    try (Caller.LoggedIn admin = caller.admin()) {
      assertThat(admin.session().getServerKey()).isEqualTo(MemorySite.HOST.getPublic());
    }
  }

  @Test
  void aChangedKeyIsUsedForConnectionsFromNowOnAndOldOnesGoOn() throws Exception {
    try (Caller.LoggedIn before = caller.admin()) {
      site.endpoint.identify(new SshEndpoint.HostIdentity(List.of(NEXT), Optional.empty()));
      try (Caller.LoggedIn after = caller.admin()) {
        assertThat(after.session().getServerKey()).isEqualTo(NEXT.getPublic());
      }
      assertThat(before.run("doveadm user jane").code()).isZero();
    }
  }

  @Test
  void whatIsNoKeyOfTheServerIsNotProved() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      for (List<byte[]> wrong :
          List.of(
              List.of(blob(NEXT)),
              List.of(blob(MemorySite.HOST), blob(NEXT)),
              List.of(new byte[0]),
              List.of("ssh-ed25519".getBytes()))) {
        assertThat(ask(admin.session(), wrong)).isNull();
      }
      assertThat(admin.run("doveadm user jane").code()).as("the connection goes on").isZero();
    }
  }

  /** Each proof is a signature: nobody may ask for thousands of them with one packet. */
  @Test
  void nobodyIsGivenManyProofsAtOnce() throws Exception {
    byte[] own = blob(MemorySite.HOST);
    try (Caller.LoggedIn admin = caller.admin()) {
      assertThat(ask(admin.session(), List.of(own, own, own, own))).isNotNull();
      assertThat(ask(admin.session(), List.of(own, own, own, own, own))).isNull();
    }
  }

  @Test
  void aQuestionThatEndsInsideAKeyIsRefused() throws Exception {
    try (Caller.LoggedIn admin = caller.admin()) {
      Buffer request = admin.session().createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST, 64);
      request.putString(PROVE);
      request.putBoolean(true);
      request.putInt(1000); // and nothing after it
      assertThat(admin.session().request(PROVE, request, Caller.LONG)).isNull();
      assertThat(admin.run("doveadm user jane").code()).as("the connection goes on").isZero();
    }
    caller.admin().close();
  }
}
