package org.doveadmsshd.auth.sasl;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.doveadmsshd.accounts.SaslServer;
import org.doveadmsshd.base.Failure;

/** The server's side of OAUTHBEARER (RFC 7628) and XOAUTH2. */
final class BearerServer implements SaslServer {
  private static final byte[] INVALID =
      "{\"status\":\"invalid_token\"}".getBytes(StandardCharsets.UTF_8);

  private final String mechanism;
  private final Credentials credentials;
  private boolean refused;
  private String said = "";

  BearerServer(String mechanism, Credentials credentials) {
    this.mechanism = mechanism;
    this.credentials = credentials;
  }

  @Override
  public Step respond(byte[] response) throws Failure {
    if (refused) {
      return new Step.Refused(said);
    }
    Optional<BearerResponse> parsed = BearerResponse.parse(mechanism, response);
    Optional<String> owner =
        parsed.isEmpty() ? Optional.empty() : credentials.bearer(parsed.get().token());
    if (owner.isEmpty()) {
      said = parsed.map(BearerResponse::user).orElse("");
      refused = true;
      return new Step.Challenge(INVALID); // why, which the client acknowledges
    }
    String user = parsed.get().user();
    return new Step.Accepted(owner.get(), user.equals(owner.get()) ? "" : user);
  }
}
