package org.doveadmsshd.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.base.WatchedFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys and certificates that are refused whatever else allows them: a list of public keys, or a key
 * revocation list as {@code ssh-keygen -k} makes it. Read again when the file changes. If it cannot
 * be read, all are revoked. Safe for several threads.
 */
public final class RevokedKeys {
  private static final Logger LOG = LoggerFactory.getLogger(RevokedKeys.class);

  /** The file that lists them. */
  interface Contents {
    boolean hasKey(PublicKey key);

    boolean hasCertificate(OpenSshCertificate certificate);
  }

  /** A plain list. */
  private record PlainList(List<PublicKey> keys) implements Contents {
    @Override
    public boolean hasKey(PublicKey key) {
      return keys.stream().anyMatch(revoked -> KeyUtils.compareKeys(revoked, key));
    }

    @Override
    public boolean hasCertificate(OpenSshCertificate certificate) {
      return false; // the keys in it are asked about
    }
  }

  private final Optional<WatchedFile<Contents>> file;

  /**
   * @param file empty when nothing is revoked
   */
  public RevokedKeys(Optional<Path> file) {
    this.file = file.map(path -> new WatchedFile<>(path, RevokedKeys::read));
  }

  private static Contents read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    return RevocationList.isOne(bytes)
        ? RevocationList.parse(bytes)
        : new PlainList(PublicKeyFile.read(file));
  }

  /** Whether a key is revoked, or a certificate, the key in it or the one that has signed it. */
  public boolean has(PublicKey key) {
    if (file.isEmpty()) {
      return false;
    }
    try {
      Contents revoked = file.get().get();
      if (key instanceof OpenSshCertificate) {
        OpenSshCertificate certificate = (OpenSshCertificate) key;
        return revoked.hasKey(certificate.getCertPubKey())
            || revoked.hasKey(certificate.getCaPubKey())
            || revoked.hasCertificate(certificate);
      }
      return revoked.hasKey(key);
    } catch (IOException e) {
      LOG.error("All keys are refused, as revoked_keys cannot be read: {}", Reason.withFile(e));
      return true;
    }
  }
}
