package org.doveadmsshd.auth.sasl;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a client of OAUTHBEARER or XOAUTH2 says: a token, and whom it is to act as.
 *
 * @param mechanism which of the two it is written as
 * @param user the mail user, with XOAUTH2 perhaps the one that the token is of; may be empty
 */
record BearerResponse(String mechanism, String user, String token) implements SaslClient {
  static final String OAUTHBEARER = "OAUTHBEARER";
  static final String XOAUTH2 = "XOAUTH2";

  private static final String END = "\001\001";

  /** RFC 7628 section 3.1; host and port are not looked at. */
  private static final Pattern RFC7628 =
      Pattern.compile(
          "[ny],(?:a=([^,\001]*))?,(?:\001(?!auth=)[a-z]+=[^\001]*)*"
              + "\001auth=[Bb]earer ([A-Za-z0-9._~+/=-]+)(?:\001[a-z]+=[^\001]*)*\001\001");

  private static final Pattern GOOGLE =
      Pattern.compile("user=([^\001]*)\001auth=[Bb]earer ([A-Za-z0-9._~+/=-]+)\001\001");

  static BearerResponse oauthBearer(String mailUser, String token) {
    return new BearerResponse(OAUTHBEARER, mailUser, token);
  }

  static BearerResponse xoauth2(String user, String token) {
    return new BearerResponse(XOAUTH2, user, token);
  }

  /** Reads a response; nothing when it is malformed. */
  static Optional<BearerResponse> parse(String mechanism, byte[] response) {
    boolean standard = mechanism.equals(OAUTHBEARER);
    String text = new String(response, StandardCharsets.UTF_8);
    Matcher matcher = (standard ? RFC7628 : GOOGLE).matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String user = matcher.group(1) == null ? "" : matcher.group(1);
    String name = standard ? user.replace("=2C", ",").replace("=3D", "=") : user;
    return Optional.of(new BearerResponse(mechanism, name, matcher.group(2)));
  }

  @Override
  public byte[] initialResponse() {
    String text =
        mechanism.equals(OAUTHBEARER)
            ? "n,"
                + (user.isEmpty() ? "" : "a=" + user.replace("=", "=3D").replace(",", "=2C"))
                + ",\001auth=Bearer "
                + token
                + END
            : "user=" + user + "\001auth=Bearer " + token + END;
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The server says why it refuses; a client has to say that it has heard. */
  @Override
  public byte[] respond(byte[] challenge) {
    return mechanism.equals(OAUTHBEARER) ? new byte[] {1} : new byte[0];
  }

  @Override
  public String toString() {
    return mechanism; // never the token
  }
}
