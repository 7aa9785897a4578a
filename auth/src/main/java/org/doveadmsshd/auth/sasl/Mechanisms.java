package org.doveadmsshd.auth.sasl;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.doveadmsshd.accounts.SaslServer;

/** The mechanisms of SASL (RFC 4422) that there are. */
public final class Mechanisms {
  /** All mechanisms, the best first; the last one is broken. */
  public static final List<String> NAMES =
      List.of(
          "EXTERNAL",
          "OAUTHBEARER",
          "XOAUTH2",
          "SCRAM-SHA-256",
          "SCRAM-SHA-1",
          "PLAIN",
          "CRAM-MD5");

  private Mechanisms() {}

  /**
   * Begins an authentication.
   *
   * @param mechanism in any case
   * @return nothing when there is no such mechanism
   */
  public static Optional<SaslServer> server(String mechanism, Credentials credentials) {
    String name = mechanism.toUpperCase(Locale.ROOT);
    return Optional.ofNullable(
        switch (name) {
          case "PLAIN" -> new PlainServer(credentials);
          case "EXTERNAL" -> new ExternalServer(credentials);
          case "OAUTHBEARER", "XOAUTH2" -> new BearerServer(name, credentials);
          case "SCRAM-SHA-256", "SCRAM-SHA-1" -> new ScramServer(name, credentials);
          case "CRAM-MD5" -> new CramMd5Server(credentials);
          default -> null;
        });
  }
}
