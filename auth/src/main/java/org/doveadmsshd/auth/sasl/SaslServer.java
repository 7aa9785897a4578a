package org.doveadmsshd.auth.sasl;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.doveadmsshd.base.Failure;

/** The server's side of one authentication. Used once, by one thread at a time. */
public interface SaslServer {
  /** Longest response that is looked at, in bytes; tokens are the longest there are. */
  int MAX_RESPONSE = 16 * 1024;

  /** All mechanisms, the best first; the last one is broken. */
  List<String> MECHANISMS =
      List.of(
          "EXTERNAL",
          "OAUTHBEARER",
          "XOAUTH2",
          "SCRAM-SHA-256",
          "SCRAM-SHA-1",
          "PLAIN",
          "CRAM-MD5");

  /** What follows from a response. */
  sealed interface Step {
    /** The client is to answer this. */
    record Challenge(byte[] data) implements Step {}

    /**
     * The client is who he says.
     *
     * @param mailUser as whose administrator he wants to act; empty for all that he may do
     */
    record Accepted(String user, String mailUser) implements Step {}

    /**
     * He is not.
     *
     * @param user who he says to be, in his own words; empty when he has not got so far
     */
    record Refused(String user) implements Step {}
  }

  /**
   * Takes a response.
   *
   * @param response at first the initial response, empty when there was none
   * @throws Failure when it cannot be said who he is
   */
  Step respond(byte[] response) throws Failure;

  /**
   * Begins an authentication.
   *
   * @param mechanism in any case
   * @return nothing when there is no such mechanism
   */
  static Optional<SaslServer> of(String mechanism, Credentials credentials) {
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
