package org.doveadmsshd.auth.sasl;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * A client's response of OAUTHBEARER or XOAUTH2: a token, and the user to act as.
 *
 * @param mechanism which of the two it is written as
 * @param user the mail user, with XOAUTH2 perhaps the one that the token is of; may be empty
 */
record BearerResponse(String mechanism, String user, String token) implements SaslClient {
  static final String OAUTHBEARER = "OAUTHBEARER";
  static final String XOAUTH2 = "XOAUTH2";

  private static final String END = "\001\001";

  private static final String SEPARATOR = "\001";
  private static final String AUTH = "auth=";
  private static final String BEARER = "earer ";

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
    List<String> pieces = List.of(text.split(SEPARATOR, -1));
    int last = pieces.size() - 2;
    if (last < 1 || !text.endsWith(END)) {
      return Optional.empty();
    }
    Optional<String> user = standard ? authorization(pieces.get(0)) : googlesUser(pieces.get(0));
    List<String> pairs = pieces.subList(1, last);
    Optional<String> token = standard ? firstToken(pairs) : onlyToken(pairs);
    return user.isEmpty() || token.isEmpty()
        ? Optional.empty()
        : Optional.of(new BearerResponse(mechanism, user.get(), token.get()));
  }

  /** RFC 5801 section 4: {@code n,a=name,}; nothing when it is malformed. */
  private static Optional<String> authorization(String header) {
    boolean complete =
        header.length() > 2
            && (header.startsWith("n,") || header.startsWith("y,"))
            && header.indexOf(',', 2) == header.length() - 1;
    String name = complete ? header.substring(2, header.length() - 1) : "?";
    if (name.isEmpty()) {
      return Optional.of("");
    }
    return name.startsWith("a=")
        ? Optional.of(name.substring(2).replace("=2C", ",").replace("=3D", "="))
        : Optional.empty();
  }

  private static Optional<String> googlesUser(String piece) {
    return piece.startsWith("user=") ? Optional.of(piece.substring(5)) : Optional.empty();
  }

  /** RFC 7628 section 3.1; host and port are not looked at. */
  private static Optional<String> firstToken(List<String> pairs) {
    if (!pairs.stream().allMatch(BearerResponse::isPair)) {
      return Optional.empty();
    }
    return pairs.stream()
        .filter(pair -> pair.startsWith(AUTH))
        .findFirst()
        .flatMap(BearerResponse::token);
  }

  private static Optional<String> onlyToken(List<String> pairs) {
    return pairs.size() == 1 && pairs.get(0).startsWith(AUTH)
        ? token(pairs.get(0))
        : Optional.empty();
  }

  private static boolean isPair(String text) {
    int equals = text.indexOf('=');
    return equals > 0 && text.substring(0, equals).chars().allMatch(c -> c >= 'a' && c <= 'z');
  }

  private static Optional<String> token(String pair) {
    String value = pair.substring(AUTH.length());
    boolean bearer = value.startsWith("B" + BEARER) || value.startsWith("b" + BEARER);
    String token = bearer ? value.substring(BEARER.length() + 1) : "";
    return !token.isEmpty() && token.chars().allMatch(BearerResponse::isOfToken)
        ? Optional.of(token)
        : Optional.empty();
  }

  /** RFC 6750 section 2.1. */
  private static boolean isOfToken(int c) {
    return c >= 'A' && c <= 'Z'
        || c >= 'a' && c <= 'z'
        || c >= '0' && c <= '9'
        || "._~+/=-".indexOf(c) >= 0;
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
