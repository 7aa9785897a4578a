package org.doveadmsshd.auth.sasl;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import org.doveadmsshd.accounts.SaslServer;
import org.doveadmsshd.auth.scheme.PasswordHash;
import org.doveadmsshd.base.Failure;

/** The server's side of CRAM-MD5 (RFC 2195). */
final class CramMd5Server implements SaslServer {
  static final String MECHANISM = "CRAM-MD5";

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Credentials credentials;
  private byte[] challenge;

  CramMd5Server(Credentials credentials) {
    this.credentials = credentials;
  }

  @Override
  public Step respond(byte[] response) throws Failure {
    if (challenge == null) {
      byte[] random = new byte[16];
      RANDOM.nextBytes(random);
      String text =
          "<" + HexFormat.of().formatHex(random) + "." + System.currentTimeMillis() + "@doveadm>";
      challenge = text.getBytes(StandardCharsets.US_ASCII);
      return new Step.Challenge(challenge);
    }
    String said = new String(response, StandardCharsets.UTF_8);
    int space = said.lastIndexOf(' ');
    if (space <= 0) {
      return new Step.Refused("");
    }
    String user = said.substring(0, space);
    Optional<PasswordHash> stored = credentials.stored(user);
    Optional<String> expected =
        stored.isEmpty() ? Optional.empty() : stored.get().cramMd5(challenge);
    boolean right =
        expected.isPresent()
            && MessageDigest.isEqual(
                expected.get().getBytes(StandardCharsets.US_ASCII),
                said.substring(space + 1).getBytes(StandardCharsets.UTF_8));
    return right ? new Step.Accepted(user, "") : new Step.Refused(user);
  }
}
