package org.doveadmsshd.auth.sasl;

import java.nio.charset.StandardCharsets;
import org.doveadmsshd.auth.scheme.PasswordHash;
import org.doveadmsshd.base.Failure;

/** The client's side of CRAM-MD5 (RFC 2195). */
record CramMd5ClientSide(String user, String password) implements SaslClient {
  @Override
  public String mechanism() {
    return CramMd5Server.MECHANISM;
  }

  @Override
  public byte[] initialResponse() {
    return new byte[0];
  }

  @Override
  public byte[] respond(byte[] challenge) throws SaslException {
    String digest = digest(challenge);
    return (user + " " + digest).getBytes(StandardCharsets.UTF_8);
  }

  private String digest(byte[] challenge) throws SaslException {
    try {
      return PasswordHash.ofPlain(password)
          .cramMd5(challenge)
          .orElseThrow(() -> new SaslException("no digest of an empty password", null));
    } catch (Failure e) {
      throw new SaslException(e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return mechanism(); // never the password
  }
}
