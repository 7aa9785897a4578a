package org.doveadmsshd.keys;

import java.io.IOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.doveadmsshd.base.AddressPatterns;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.base.UserName;
import org.doveadmsshd.base.WatchedFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificates of users (OpenSSH, PROTOCOL.certkeys) that trusted authorities have signed. One that
 * names a master user among its principals lets in as that master; one that names masks of users,
 * such as {@code *@example.org}, lets in for those users under any name that is no master's. Safe
 * for several threads.
 */
public final class UserCertificates {
  private static final Logger LOG = LoggerFactory.getLogger(UserCertificates.class);

  /** The critical options that are enforced here. */
  static final Set<String> OPTIONS =
      Set.of(OpenSshCertificate.FORCE_COMMAND, OpenSshCertificate.SOURCE_ADDRESS);

  private final Optional<WatchedFile<List<PublicKey>>> authorities;
  private final Set<String> commands;

  /**
   * @param authorities public keys, one on each line; empty when no certificate is taken
   * @param commands commands of certificates that name masks of users; if there are none, such
   *     certificates are refused
   */
  public UserCertificates(Optional<Path> authorities, Set<String> commands) {
    this.authorities = authorities.map(file -> new WatchedFile<>(file, PublicKeyFile::read));
    this.commands = Set.copyOf(commands);
  }

  /** Whether every critical option of a certificate is one that is enforced. */
  public static boolean isUnderstood(OpenSshCertificate certificate) {
    return OPTIONS.containsAll(certificate.getCriticalOptionsMap().keySet());
  }

  /**
   * The grant of a certificate; nothing if it is refused. The signature of the authority must have
   * been verified before.
   *
   * @param isMaster whether the name is that of a master user
   * @param address where the client is, numeric
   */
  public Optional<Grant> find(
      String name, boolean isMaster, OpenSshCertificate certificate, String address, Instant now) {
    boolean usable =
        UserName.isPossible(
                name) // the name stands in logs, and decides which runs {@code who} shows
            && certificate.getType() == OpenSshCertificate.Type.USER
            && OpenSshCertificate.isValidAt(certificate, now)
            && isUnderstood(certificate)
            && isFrom(certificate, address)
            && isTrusted(certificate.getCaPubKey());
    if (!usable) {
      return Optional.empty();
    }
    boolean named = certificate.getPrincipals().contains(name);
    List<String> masks =
        certificate.getPrincipals().stream().filter(UserMask::hasWildcard).toList();
    if (named && isMaster) {
      return Optional.of(grant(certificate, List.of(), Set.of(), false));
    }
    return masks.isEmpty() || commands.isEmpty() || isMaster
        ? Optional.empty()
        : Optional.of(grant(certificate, masks, commands, true));
  }

  private static Grant grant(
      OpenSshCertificate certificate, List<String> users, Set<String> commands, boolean alone) {
    String method =
        "certificate %s serial %s %s by %s"
            .formatted(
                certificate.getId().replaceAll("[^!-~]", "?"),
                Long.toUnsignedString(certificate.getSerial()),
                KeyUtils.getFingerPrint(certificate.getCertPubKey()),
                KeyUtils.getFingerPrint(certificate.getCaPubKey()));
    Optional<String> command =
        Optional.ofNullable(
            certificate.getCriticalOptionsMap().get(OpenSshCertificate.FORCE_COMMAND));
    return new Grant(method, command, users, commands, alone);
  }

  private static boolean isFrom(OpenSshCertificate certificate, String address) {
    String sources = certificate.getCriticalOptionsMap().get(OpenSshCertificate.SOURCE_ADDRESS);
    try {
      return sources == null || AddressPatterns.parse(sources).matches(address);
    } catch (IllegalArgumentException e) {
      LOG.warn("A certificate with a malformed source-address is refused: {}", e.getMessage());
      return false;
    }
  }

  private boolean isTrusted(PublicKey authority) {
    try {
      return authorities.isPresent()
          && authorities.get().get().stream()
              .anyMatch(trusted -> KeyUtils.compareKeys(trusted, authority));
    } catch (IOException e) {
      LOG.warn(
          "All certificates are refused, as trusted_user_ca_keys cannot be read: {}",
          Reason.withFile(e));
      return false;
    }
  }
}
