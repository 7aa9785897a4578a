package org.doveadmsshd.server.ssh;

import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.auth.pubkey.PublickeyAuthenticator;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKey;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.server.session.ServerSession;
import org.doveadmsshd.accounts.Masters;
import org.doveadmsshd.keys.AuthorizedKey;
import org.doveadmsshd.keys.AuthorizedKeys;
import org.doveadmsshd.keys.Grant;
import org.doveadmsshd.keys.RevokedKeys;
import org.doveadmsshd.keys.UserCertificates;

/** How people prove themselves over SSH by a key or a certificate. */
public final class KeyAuthentication extends UserAuthPublicKeyFactory
    implements PublickeyAuthenticator {
  /** The grant of the key that was offered last. */
  private static final AttributeRepository.AttributeKey<Optional<Grant>> OFFERED =
      new AttributeRepository.AttributeKey<>();

  /** The grant of the key whose possession has been proved. */
  private static final AttributeRepository.AttributeKey<Optional<Grant>> PROVED =
      new AttributeRepository.AttributeKey<>();

  private final Masters masters;
  private volatile KeySources keys;

  /** Where keys are looked for, and which of them are revoked. */
  public record KeySources(
      AuthorizedKeys authorized, UserCertificates certificates, RevokedKeys revoked) {}

  KeyAuthentication(Masters masters, KeySources keys) {
    this.masters = masters;
    this.keys = keys;
  }

  /** Looks there from now on. */
  void use(KeySources next) {
    keys = next;
  }

  /** Called for an offered key and again for the proof; must not wait. */
  @Override
  public boolean authenticate(String user, PublicKey key, ServerSession session) {
    KeySources now = keys;
    Optional<Grant> grant =
        now.revoked().has(key)
            ? Optional.empty()
            : grant(now, user, key, Sessions.address(session));
    session.setAttribute(OFFERED, grant);
    return grant.isPresent();
  }

  private Optional<Grant> grant(KeySources keys, String user, PublicKey key, String address) {
    boolean isMaster = masters.find(user).isPresent();
    Instant now = Instant.now();
    if (key instanceof OpenSshCertificate) {
      OpenSshCertificate certificate = (OpenSshCertificate) key;
      return keys.certificates().find(user, isMaster, certificate, address, now);
    }
    return isMaster
        ? keys.authorized().find(user, key, address, now).map(AuthorizedKey::grant)
        : Optional.empty();
  }

  @Override
  public UserAuthPublicKey createUserAuth(ServerSession session) {
    return new KeyProof(getSignatureFactories());
  }

  /** Notes which key it was whose possession was proved. */
  private static final class KeyProof extends UserAuthPublicKey {
    KeyProof(List<NamedFactory<Signature>> signatures) {
      super(signatures);
    }

    @Override
    protected boolean verifySignature(
        ServerSession session,
        String user,
        String algorithm,
        PublicKey key,
        Buffer buffer,
        Signature verifier,
        byte[] signature)
        throws Exception {
      boolean right =
          super.verifySignature(session, user, algorithm, key, buffer, verifier, signature);
      if (right) {
        session.setAttribute(PROVED, session.getAttribute(OFFERED));
      }
      return right;
    }

    /** Those that are understood are enforced later, when the master is known. */
    @Override
    protected void verifyCriticalOptions(ServerSession session, OpenSshCertificate certificate)
        throws CertificateException {
      if (!UserCertificates.isUnderstood(certificate)) {
        throw new CertificateException("it has critical options that are not known here");
      }
    }
  }

  /** The grant of the key of a login; nothing for a login without a key. */
  static Optional<Grant> grantOf(ServerSession session) {
    Optional<Grant> grant = session.getAttribute(PROVED);
    return grant == null ? Optional.empty() : grant;
  }
}
