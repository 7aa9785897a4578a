package org.doveadmsshd.auth.sasl;

import java.nio.charset.StandardCharsets;

/**
 * The client's side of one authentication: the initial response is sent with the mechanism's name,
 * then every challenge is answered until the server says how it has ended. Used once, by one thread
 * at a time.
 *
 * <p>Everywhere {@code mailUser} is the authorization identity: the mail user as whose
 * administrator one wants to act; empty for all that one may do.
 */
public interface SaslClient {
  /** The mechanism's name, as registered with IANA. */
  String mechanism();

  /** The first thing to send; may be empty. */
  byte[] initialResponse();

  /**
   * Answers a challenge.
   *
   * @throws SaslException when it is not what the server may say: it is not to be talked to further
   */
  byte[] respond(byte[] challenge) throws SaslException;

  /**
   * Whether a success may be believed; false where the server has to prove itself first and has
   * not.
   */
  default boolean isSatisfied() {
    return true;
  }

  /** PLAIN (RFC 4616): the password itself; only over a connection that nobody reads. */
  static SaslClient plain(String mailUser, String user, String password) {
    return new SingleResponse("PLAIN", new PlainResponse(mailUser, user, password).encode());
  }

  /** EXTERNAL (RFC 4422 appendix A): what the transport knows of one already. */
  static SaslClient external(String mailUser) {
    return new SingleResponse("EXTERNAL", mailUser.getBytes(StandardCharsets.UTF_8));
  }

  /** OAUTHBEARER (RFC 7628): a token. */
  static SaslClient oauthBearer(String mailUser, String token) {
    return BearerResponse.oauthBearer(mailUser, token);
  }

  /** XOAUTH2: what came before OAUTHBEARER, with the user that the token is of. */
  static SaslClient xoauth2(String user, String token) {
    return BearerResponse.xoauth2(user, token);
  }

  /** SCRAM-SHA-256 (RFC 7677): neither side learns the password from the other. */
  static SaslClient scramSha256(String mailUser, String user, String password) {
    return new ScramClientSide("SCRAM-SHA-256", mailUser, user, password);
  }

  /** SCRAM-SHA-1 (RFC 5802), for servers that store nothing better. */
  static SaslClient scramSha1(String mailUser, String user, String password) {
    return new ScramClientSide("SCRAM-SHA-1", mailUser, user, password);
  }

  /** CRAM-MD5 (RFC 2195), which is broken: for servers that know nothing better. */
  static SaslClient cramMd5(String user, String password) {
    return new CramMd5ClientSide(user, password);
  }
}
