package org.doveadmsshd.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.base.WatchedFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that let a master user in, in OpenSSH's authorized_keys format; one file per master
 * where the path has {@code %u}. Read again when a file changes. Safe for several threads.
 *
 * <p>A key is refused if it has an option that needs enforcing and is not supported: no restriction
 * may be forgotten.
 */
public final class AuthorizedKeys {
  private static final Logger LOG = LoggerFactory.getLogger(AuthorizedKeys.class);

  private final String template;
  private final Map<Path, WatchedFile<List<AuthorizedKey>>> files = new ConcurrentHashMap<>();
  private volatile Map<String, List<AuthorizedKey>> others = Map.of();

  /**
   * @param template path of the file; {@code %u} stands for the master's name
   */
  public AuthorizedKeys(String template) {
    this.template = template;
  }

  /**
   * The entry by which a key lets a master in, if it does. Cheap: called for every key a client
   * offers.
   *
   * @param address where the client is, numeric
   */
  public Optional<AuthorizedKey> find(String master, PublicKey key, String address, Instant now) {
    return of(master).stream()
        .filter(entry -> KeyUtils.compareKeys(entry.key(), key))
        .filter(entry -> entry.isUsable(address, now))
        .findFirst();
  }

  /** All entries of a master, also those that cannot be used now. */
  public List<AuthorizedKey> of(String master) {
    if (!master.matches("[A-Za-z0-9_@+-][A-Za-z0-9._@+-]{0,127}")) {
      return List.of(); // not a name that may become part of a path
    }
    return Stream.concat(
            inFile(Path.of(template.replace("%u", master))).stream(),
            others.getOrDefault(master, List.of()).stream())
        .toList();
  }

  /**
   * Names keys that are not in files, in the place of those named before.
   *
   * @param lines as in a file, by master
   */
  public void also(Map<String, List<String>> lines) {
    Map<String, List<AuthorizedKey>> parsed = new HashMap<>();
    lines.forEach((master, of) -> parsed.put(master, parse(of, "passdb of " + master)));
    others = Map.copyOf(parsed);
  }

  private List<AuthorizedKey> inFile(Path file) {
    try {
      return files
          .computeIfAbsent(file, path -> new WatchedFile<>(path, AuthorizedKeys::read))
          .get();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      LOG.warn(
          "Authorized keys cannot be read, so that none of them lets in: {}", Reason.withFile(e));
      return List.of();
    }
  }

  private static List<AuthorizedKey> read(Path file) throws IOException {
    return parse(Files.readAllLines(file), file.toString());
  }

  private static List<AuthorizedKey> parse(List<String> lines, String where) {
    List<AuthorizedKey> keys = new ArrayList<>();
    int number = 0;
    for (String line : lines) {
      number++;
      if (line.isBlank() || line.strip().startsWith("#")) {
        continue;
      }
      try {
        AuthorizedKeyEntry entry = AuthorizedKeyEntry.parseAuthorizedKeyEntry(line);
        Map<String, String> options = new TreeMap<>();
        entry
            .getLoginOptions()
            .forEach((name, value) -> options.put(name.toLowerCase(Locale.ROOT), value));
        PublicKey key = entry.resolvePublicKey(null, PublicKeyEntryResolver.FAILING);
        keys.add(AuthorizedKey.of(key, options));
      } catch (GeneralSecurityException | IOException | RuntimeException e) {
        LOG.warn("{}:{}: key ignored: {}", where, number, Reason.of(e));
      }
    }
    return keys;
  }
}
