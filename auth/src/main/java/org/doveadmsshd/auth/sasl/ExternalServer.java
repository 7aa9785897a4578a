package org.doveadmsshd.auth.sasl;

import java.nio.charset.StandardCharsets;
import org.doveadmsshd.accounts.SaslServer;

/** The server's side of EXTERNAL (RFC 4422 appendix A). */
record ExternalServer(Credentials credentials) implements SaslServer {
  @Override
  public Step respond(byte[] response) {
    String mailUser = new String(response, StandardCharsets.UTF_8);
    boolean possible = mailUser.length() <= 255 && mailUser.indexOf('\0') < 0;
    return credentials.external().isPresent() && possible
        ? new Step.Accepted(credentials.external().get(), mailUser)
        : new Step.Refused(credentials.external().orElse(""));
  }
}
