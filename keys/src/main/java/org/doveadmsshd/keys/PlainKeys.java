package org.doveadmsshd.keys;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;

/** Public keys that may be let in anywhere. */
public final class PlainKeys {
  private PlainKeys() {}

  /**
   * The keys without options among lines of an authorized_keys or {@code .pub} file. A key with
   * options is restricted by whoever has written them: it is left out, as is a line that is no key.
   *
   * @return a line for each key, without its comment
   */
  public static List<String> of(List<String> lines) {
    List<String> keys = new ArrayList<>();
    for (String line : lines) {
      if (line.isBlank() || line.strip().startsWith("#")) {
        continue;
      }
      try {
        AuthorizedKeyEntry entry = AuthorizedKeyEntry.parseAuthorizedKeyEntry(line);
        if (entry != null && entry.getLoginOptions().isEmpty()) {
          PublicKey key = entry.resolvePublicKey(null, PublicKeyEntryResolver.FAILING);
          keys.add(PublicKeyEntry.toString(key));
        }
      } catch (GeneralSecurityException | IOException | RuntimeException e) {
        // no key that could be used
      }
    }
    return keys;
  }
}
