package org.doveadmsshd.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.FileHostKeyCertificateProvider;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;

/**
 * The keys by which a server is known: the one it uses, and during a change the next one beside it
 * ({@code .next}), which clients are told of before it is used.
 */
public final class HostKeys {
  private static final String COMMENT = "doveadm-sshd";
  private static final String PUBLIC = ".pub";

  private final Path file;

  /**
   * @param file of the key in use
   */
  public HostKeys(Path file) {
    this.file = file;
  }

  /** The key in use; made if there is none. */
  public KeyPair current() throws Failure {
    return KeyFile.readOrCreate(file, COMMENT);
  }

  /** The keys that clients are told of, the one in use first. */
  public List<KeyPair> announced() throws Failure {
    List<KeyPair> keys = new ArrayList<>();
    keys.add(current());
    if (Files.exists(next())) {
      keys.add(KeyFile.read(next()));
    }
    return List.copyOf(keys);
  }

  /**
   * Checks a certificate of the key in use.
   *
   * @throws Failure when it is none, not for a host, or of another key
   */
  public void checkCertificate(Path certificate) throws Failure {
    try {
      for (OpenSshCertificate read :
          new FileHostKeyCertificateProvider(certificate).loadCertificates(null)) {
        boolean ofHost = read.getType() == OpenSshCertificate.Type.HOST;
        if (ofHost && KeyUtils.compareKeys(read.getCertPubKey(), current().getPublic())) {
          return;
        }
      }
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "host_certificate " + certificate + " is not a host's certificate of the key " + file);
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "host_certificate " + certificate + " cannot be used: " + Reason.of(e),
          e);
    }
  }

  /** When a certificate ends; nothing for never, or where it cannot be read. */
  public static Optional<Instant> expiry(Path certificate) {
    try {
      for (OpenSshCertificate read :
          new FileHostKeyCertificateProvider(certificate).loadCertificates(null)) {
        long seconds = read.getValidBefore();
        if (seconds >= 0 && seconds <= Instant.MAX.getEpochSecond()) { // else it is for ever
          return Optional.of(Instant.ofEpochSecond(seconds));
        }
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      // the start has complained of it
    }
    return Optional.empty();
  }

  public Path file() {
    return file;
  }

  /** Where the next key is during a change. */
  public Path next() {
    return file.resolveSibling(file.getFileName() + ".next");
  }

  /** Where the key before is after a change. */
  public Path old() {
    return file.resolveSibling(file.getFileName() + ".old");
  }

  /** Begins a change: makes the next key. */
  public KeyPair begin() throws Failure {
    current();
    KeyFile.create(next(), COMMENT);
    return KeyFile.read(next());
  }

  /**
   * Ends a change: the next key is in use now, the one before is kept aside. At no moment is there
   * none. A public half that cannot be written fails it, but is of no use to the server.
   */
  public KeyPair finish() throws Failure {
    KeyPair before = KeyFile.read(file);
    KeyPair now = KeyFile.read(next());
    try {
      Files.copy(
          file, old(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
      writePublic(old(), before);
      Files.move(next(), file, StandardCopyOption.ATOMIC_MOVE);
      writePublic(file, now);
      Files.deleteIfExists(half(next(), PUBLIC));
    } catch (IOException e) {
      throw new Failure(
          Outcome.CANNOT_CREATE, "The next key cannot be put in place: " + Reason.withFile(e), e);
    }
    return current();
  }

  /** Made anew: beside an administrator's own key there may be none. */
  private static void writePublic(Path key, KeyPair pair) throws IOException {
    String text = PublicKeyEntry.toString(pair.getPublic()) + " " + COMMENT + "\n";
    Files.writeString(half(key, PUBLIC), text);
  }

  private static Path half(Path key, String half) {
    return key.resolveSibling(key.getFileName() + half);
  }
}
