package org.doveadmsshd.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;

/** Public keys, one on each line, without options. */
final class PublicKeyFile {
  private PublicKeyFile() {}

  /**
   * Reads all of them.
   *
   * @throws IOException also when a line is none: half of a list may be the wrong half
   */
  static List<PublicKey> read(Path file) throws IOException {
    List<PublicKey> keys = new ArrayList<>();
    int number = 0;
    for (String line : Files.readAllLines(file)) {
      number++;
      if (line.isBlank() || line.strip().startsWith("#")) {
        continue;
      }
      try {
        AuthorizedKeyEntry entry = AuthorizedKeyEntry.parseAuthorizedKeyEntry(line);
        keys.add(entry.resolvePublicKey(null, PublicKeyEntryResolver.FAILING));
      } catch (GeneralSecurityException | IOException | RuntimeException e) {
        throw new IOException(file + ":" + number + ": no public key", e);
      }
    }
    return keys;
  }
}
