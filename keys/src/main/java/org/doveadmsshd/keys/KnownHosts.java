package org.doveadmsshd.keys;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.sshd.client.keyverifier.KnownHostsServerKeyVerifier;
import org.apache.sshd.client.keyverifier.RejectAllServerKeyVerifier;
import org.apache.sshd.client.keyverifier.ServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.KeyUtils;

/**
 * Accepts only hosts whose key stands in a known_hosts file, plain or with hashed names. Never adds
 * to the file. Safe for several threads.
 */
public final class KnownHosts implements ServerKeyVerifier {
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
    boolean known = Files.isReadable(file) && verifier.verifyServerKey(session, remote, key);
    if (!known) {
      refusals.put(host, refusal(host, key));
    }
    return known;
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
        + ". Nothing was sent. Compare it with what the server's administrator tells you, and add "
        + "it to "
        + file;
  }

  /** Why the key of a host was refused, for people; null when it was not. */
  public String refusal(InetSocketAddress address) {
    return refusals.get(name(address));
  }

  private static String name(SocketAddress address) {
    InetSocketAddress inet = (InetSocketAddress) address;
    return inet.getPort() == 22
        ? inet.getHostString()
        : "[" + inet.getHostString() + "]:" + inet.getPort();
  }
}
