package org.doveadmsshd.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that let a master user in, in OpenSSH's authorized_keys format; one file per master
 * where the path has {@code %u}. Read again when a file changes. Safe for several threads.
 *
 * <p>A key with an option that would have to be enforced and is not is refused: a forgotten
 * restriction must not let anybody in.
 */
public final class AuthorizedKeys {
  private static final Logger LOG = LoggerFactory.getLogger(AuthorizedKeys.class);

  /** Options that ask for less than everybody gets here anyway. */
  private static final Set<String> HARMLESS =
      Set.of(
          "restrict",
          "pty",
          "no-pty",
          "no-port-forwarding",
          "no-agent-forwarding",
          "no-x11-forwarding",
          "no-user-rc");

  private final String template;
  private final Map<Path, Content> contents = new ConcurrentHashMap<>();

  private record Content(long modified, long size, List<PublicKey> keys) {}

  /**
   * @param template path of the file; {@code %u} stands for the master's name
   */
  public AuthorizedKeys(String template) {
    this.template = template;
  }

  /** Whether a key is among those of a master. Cheap: called for every key a client offers. */
  public boolean contains(String master, PublicKey key) {
    if (!master.matches("[A-Za-z0-9_@+-][A-Za-z0-9._@+-]{0,127}")) {
      return false; // not a name that may become part of a path
    }
    Path file = Path.of(template.replace("%u", master));
    try {
      BasicFileAttributes status = Files.readAttributes(file, BasicFileAttributes.class);
      long modified = status.lastModifiedTime().toMillis();
      Content content = contents.get(file);
      if (content == null || content.modified != modified || content.size != status.size()) {
        content = new Content(modified, status.size(), read(file));
        contents.put(file, content);
      }
      return KeyUtils.findMatchingKey(key, content.keys) != null;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      LOG.warn("Authorized keys cannot be read: {}", e.toString());
      return false;
    }
  }

  private static List<PublicKey> read(Path file) throws IOException {
    List<PublicKey> keys = new ArrayList<>();
    int number = 0;
    for (String line : Files.readAllLines(file)) {
      number++;
      if (line.isBlank() || line.strip().startsWith("#")) {
        continue;
      }
      try {
        AuthorizedKeyEntry entry = AuthorizedKeyEntry.parseAuthorizedKeyEntry(line);
        Set<String> options = entry.getLoginOptions().keySet();
        if (!options.stream()
            .allMatch(o -> HARMLESS.contains(o.toLowerCase(java.util.Locale.ROOT)))) {
          LOG.warn("{}:{}: key ignored, its options are not supported: {}", file, number, options);
          continue;
        }
        keys.add(entry.resolvePublicKey(null, PublicKeyEntryResolver.FAILING));
      } catch (GeneralSecurityException | IOException | RuntimeException e) {
        LOG.warn("{}:{}: no public key: {}", file, number, e.toString());
      }
    }
    return keys;
  }
}
