package org.doveadmsshd.keys;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.apache.sshd.client.keyverifier.KnownHostsServerKeyVerifier;
import org.apache.sshd.client.keyverifier.RejectAllServerKeyVerifier;
import org.apache.sshd.client.keyverifier.ServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts only hosts whose key stands in a known_hosts file, plain or with hashed names. Adds
 * nothing by itself. Safe for several threads.
 */
public final class KnownHosts implements ServerKeyVerifier {
  private static final Logger LOG = LoggerFactory.getLogger(KnownHosts.class);
  private static final String AUTHORITY = "cert-authority";
  private static final String REVOKED = "revoked";
  private static final int DEFAULT_PORT = 22;

  private final Path file;
  private final ServerKeyVerifier verifier;
  private final Map<String, Boolean> modified = new ConcurrentHashMap<>();
  private final Map<String, String> refusals = new ConcurrentHashMap<>();

  public KnownHosts(Path file) {
    this.file = file;
    KnownHostsServerKeyVerifier strict =
        new KnownHostsServerKeyVerifier(RejectAllServerKeyVerifier.INSTANCE, file);
    strict.setModifiedServerKeyAcceptor(
        (session, remote, entry, expected, actual) -> {
          modified.put(name(session.getConnectAddress()), true);
          return false;
        });
    this.verifier = strict;
  }

  @Override
  public boolean verifyServerKey(ClientSession session, SocketAddress remote, PublicKey key) {
    String host = name(session.getConnectAddress());
    boolean known = Files.isReadable(file) && isKnown(session, remote, key);
    if (!known) {
      refusals.put(host, refusal(host, key));
    }
    return known;
  }

  /**
   * A certificate is as good as its authority, or as the key in it. That the authority has signed
   * it for this host and that it has not expired has been found out before.
   */
  private boolean isKnown(ClientSession session, SocketAddress remote, PublicKey key) {
    if (!(key instanceof OpenSshCertificate)) {
      return verifier.verifyServerKey(session, remote, key);
    }
    OpenSshCertificate certificate = (OpenSshCertificate) key;
    return hasAuthority((InetSocketAddress) session.getConnectAddress(), certificate)
        || verifier.verifyServerKey(session, remote, certificate.getCertPubKey());
  }

  /** As with OpenSSH, an authority for a host counts whatever the port is. */
  private boolean hasAuthority(InetSocketAddress host, OpenSshCertificate certificate) {
    boolean found = false;
    try {
      for (KnownHostEntry entry : entries()) {
        String marker = String.valueOf(entry.getMarker());
        boolean matches =
            entry.isHostMatch(host.getHostString(), host.getPort())
                || entry.isHostMatch(host.getHostString(), DEFAULT_PORT);
        PublicKey key = matches ? key(entry) : null;
        if (key == null) {
          continue;
        }
        boolean signed = KeyUtils.compareKeys(key, certificate.getCaPubKey());
        if (marker.equals(REVOKED)
            && (signed || KeyUtils.compareKeys(key, certificate.getCertPubKey()))) {
          return false;
        }
        found |= marker.equals(AUTHORITY) && signed;
      }
      return found;
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      LOG.warn("Known hosts cannot be read, so that no server is known: {}", Reason.withFile(e));
      return false;
    }
  }

  private List<KnownHostEntry> entries() throws IOException {
    return Files.exists(file) ? KnownHostEntry.readKnownHostEntries(file) : List.of();
  }

  private static PublicKey key(KnownHostEntry entry) throws IOException, GeneralSecurityException {
    return entry.getKeyEntry().resolvePublicKey(null, PublicKeyEntryResolver.IGNORING);
  }

  /** What the file says of the key of a host. */
  public enum Verdict {
    KNOWN,
    UNKNOWN,
    /** There is another one of its type, or it is revoked. */
    ANOTHER
  }

  /**
   * What the file says of a key.
   *
   * @throws Failure when it cannot be read
   */
  public Verdict judge(InetSocketAddress host, PublicKey key) throws Failure {
    Verdict verdict = Verdict.UNKNOWN;
    try {
      for (KnownHostEntry entry : entries()) {
        if (!entry.isHostMatch(host.getHostString(), host.getPort())
            || AUTHORITY.equals(entry.getMarker())) {
          continue;
        }
        PublicKey known = key(entry);
        boolean same = known != null && KeyUtils.compareKeys(known, key);
        if (same && REVOKED.equals(entry.getMarker())) {
          return Verdict.ANOTHER;
        }
        boolean sameType =
            known != null && KeyUtils.getKeyType(known).equals(KeyUtils.getKeyType(key));
        verdict =
            same
                ? Verdict.KNOWN
                : sameType && verdict == Verdict.UNKNOWN ? Verdict.ANOTHER : verdict;
      }
      return verdict;
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new Failure(Outcome.CONFIGURATION_ERROR, file + " cannot be read: " + Reason.of(e), e);
    }
  }

  /** Two hosts that are known by one key. */
  public record Twins(InetSocketAddress one, InetSocketAddress other, String fingerprint) {}

  /**
   * Two of these hosts for which one key stands in the file: whoever has its private half is both.
   *
   * @return nothing when there are none, and when the file cannot be read: then no host is known
   */
  public Optional<Twins> twins(List<InetSocketAddress> hosts) {
    Map<String, InetSocketAddress> owners = new HashMap<>();
    try {
      for (KnownHostEntry entry : entries()) {
        PublicKey key = entry.getMarker() == null ? key(entry) : null;
        for (InetSocketAddress host : key == null ? List.<InetSocketAddress>of() : hosts) {
          if (!entry.isHostMatch(host.getHostString(), host.getPort())) {
            continue;
          }
          String fingerprint = KeyUtils.getFingerPrint(key);
          InetSocketAddress owner = owners.putIfAbsent(fingerprint, host);
          if (owner != null && !owner.equals(host)) {
            return Optional.of(new Twins(owner, host, fingerprint));
          }
        }
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      LOG.warn("Known hosts cannot be read, so that no server is known: {}", Reason.withFile(e));
    }
    return Optional.empty();
  }

  /**
   * Adds a key. The caller has had it confirmed by a person.
   *
   * @throws Failure when the file cannot be written; nothing is added then
   */
  public void add(InetSocketAddress host, PublicKey key) throws Failure {
    String line = name(host) + " " + PublicKeyEntry.toString(key) + "\n";
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      boolean cutOff = Files.exists(file) && !Files.readString(file).matches("(?s)|.*\n");
      Files.writeString(
          file,
          (cutOff ? "\n" : "") + line,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND,
          StandardOpenOption.SYNC);
    } catch (IOException e) {
      throw new Failure(Outcome.CANNOT_CREATE, file + " cannot be written: " + Reason.of(e), e);
    }
  }

  public Path file() {
    return file;
  }

  private String refusal(String host, PublicKey key) {
    String fingerprint = KeyUtils.getFingerPrint(key);
    if (modified.containsKey(host)) {
      return "The host key of "
          + host
          + " HAS CHANGED: it is now "
          + fingerprint
          + ". Somebody may be listening in, or the server was set up anew. Nothing was sent. "
          + "If you know the new key to be right, remove the old one: ssh-keygen -R '"
          + host
          + "' -f "
          + file;
    }
    return "The host key of "
        + host
        + " is not known: it is "
        + fingerprint
        + ". Nothing was sent. Compare it with what the server's administrator tells you; "
        + "doveadm-ssh trust "
        + host
        + " adds it to "
        + file;
  }

  /** Why the key of a host was refused, for people; null when it was not. */
  public String refusal(InetSocketAddress address) {
    return refusals.get(name(address));
  }

  private static String name(SocketAddress address) {
    InetSocketAddress inet = (InetSocketAddress) address;
    return inet.getPort() == DEFAULT_PORT
        ? inet.getHostString()
        : "[" + inet.getHostString() + "]:" + inet.getPort();
  }
}
