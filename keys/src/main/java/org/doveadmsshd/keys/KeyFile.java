package org.doveadmsshd.keys;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.Set;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;

/** A private key in a file that nobody but its owner may read. */
public final class KeyFile {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private KeyFile() {}

  /**
   * Reads a key pair.
   *
   * @throws Failure when it is missing, readable for others, protected by a passphrase, or no key
   */
  public static KeyPair read(Path file) throws Failure {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      if (!Files.isRegularFile(file)) {
        throw unusable(file, "it is no file", null);
      }
      if (!OWNER_ONLY.containsAll(permissions)) {
        throw unusable(file, "others may read it; run: chmod 600 " + file, null);
      }
      try (InputStream in = Files.newInputStream(file)) {
        NamedResource name = NamedResource.ofName(file.toString());
        Iterable<KeyPair> pairs =
            SecurityUtils.loadKeyPairIdentities(null, name, in, (session, resource, retry) -> null);
        if (pairs != null && pairs.iterator().hasNext()) {
          return pairs.iterator().next();
        }
      }
      throw unusable(file, "it holds no private key", null);
    } catch (NoSuchFileException e) {
      throw unusable(file, "there is no such file", e);
    } catch (FileSystemException e) {
      throw unusable(file, Reason.of(e), e);
    } catch (IOException | GeneralSecurityException e) {
      throw unusable(file, "it is no key, or protected by a passphrase", e);
    }
  }

  /** Reads a key pair, or makes an Ed25519 one if there is no such file. */
  public static KeyPair readOrCreate(Path file, String comment) throws Failure {
    if (!Files.exists(file)) {
      create(file, comment);
    }
    return read(file);
  }

  /**
   * Makes an Ed25519 key: the private half with mode 0600, the public half beside it in .pub.
   *
   * @throws Failure when there is one already, or none can be written
   */
  public static void create(Path file, String comment) throws Failure {
    if (Files.exists(file)) {
      throw unusable(file, "there is one already; it is not written over", null);
    }
    try {
      KeyPair pair = KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, comment, null, text);
      Path directory = file.toAbsolutePath().getParent();
      Files.createDirectories(directory);
      Path aside =
          Files.createTempFile(
              directory, ".key", ".tmp", PosixFilePermissions.asFileAttribute(OWNER_ONLY));
      try (OutputStream out = Files.newOutputStream(aside, StandardOpenOption.SYNC)) {
        text.writeTo(out);
      }
      Files.writeString(
          file.resolveSibling(file.getFileName() + ".pub"),
          PublicKeyEntry.toString(pair.getPublic()) + " " + comment + "\n");
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException e) {
      throw unusable(file, "something stands in the way of its directory", e);
    } catch (IOException | GeneralSecurityException e) {
      throw unusable(file, "it cannot be created: " + Reason.of(e), e);
    }
  }

  private static Failure unusable(Path file, String why, Exception cause) {
    return new Failure(
        Outcome.CONFIGURATION_ERROR, "Key " + file + " cannot be used: " + why, cause);
  }
}
