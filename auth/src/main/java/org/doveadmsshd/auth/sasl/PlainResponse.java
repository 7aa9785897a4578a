package org.doveadmsshd.auth.sasl;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The response of the PLAIN mechanism (RFC 4616): {@code [authzid] NUL authcid NUL passwd}.
 *
 * @param authorization whom to act as; empty for oneself
 * @param authentication whose password it is
 */
public record PlainResponse(String authorization, String authentication, String password) {
  /** The mechanism's name. */
  public static final String MECHANISM = "PLAIN";

  private static final int MAX_LENGTH = 3 * 255 + 2;

  /** Reads a response; nothing when it is malformed. */
  public static Optional<PlainResponse> parse(byte[] response) {
    if (response.length > MAX_LENGTH) {
      return Optional.empty();
    }
    try {
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(response)).toString();
      String[] pieces = text.split("\0", -1);
      if (pieces.length != 3 || pieces[1].isEmpty() || pieces[2].isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(new PlainResponse(pieces[0], pieces[1], pieces[2]));
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** The response as it is sent. */
  public byte[] encode() {
    return (authorization + "\0" + authentication + "\0" + password)
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "PLAIN response of " + authentication; // never the password
  }
}
