package org.doveadmsshd.auth.sasl;

import java.util.Optional;
import org.doveadmsshd.accounts.SaslServer;
import org.doveadmsshd.base.Failure;

/** The server's side of PLAIN (RFC 4616). */
record PlainServer(Credentials credentials) implements SaslServer {
  @Override
  public Step respond(byte[] response) throws Failure {
    Optional<PlainResponse> plain = PlainResponse.parse(response);
    if (plain.isEmpty()) {
      return new Step.Refused("");
    }
    PlainResponse said = plain.get();
    boolean right =
        credentials.verify(said.authentication(), said.password(), said.authorization());
    return right
        ? new Step.Accepted(said.authentication(), said.authorization())
        : new Step.Refused(said.authentication());
  }
}
