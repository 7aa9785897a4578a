package org.doveadmsshd.auth.sasl;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.doveadmsshd.accounts.SaslServer;
import org.doveadmsshd.auth.scheme.PasswordHash;
import org.doveadmsshd.auth.scheme.ScramSecret;
import org.doveadmsshd.base.Failure;

/** The server's side of SCRAM-SHA-256 (RFC 7677) and SCRAM-SHA-1 (RFC 5802), no channel binding. */
final class ScramServer implements SaslServer {
  private static final int NONCE = 24;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** RFC 5802 section 7, client-first-message: binding flag, authzid, username, nonce. */
  private static final Pattern FIRST =
      Pattern.compile("([ny],(?:a=([^,\0]*))?,)(n=([^,\0]+),r=([!-+\\--~]+)(?:,[^\0]*)?)");

  /** The client's last message: channel binding, nonce, extensions, proof. */
  private static final Pattern FINAL =
      Pattern.compile("(c=([A-Za-z0-9+/=]+),r=([!-+\\--~]+)(?:,[^\0]*)?),p=([A-Za-z0-9+/=]+)");

  private final ScramMechanism mechanism;
  private final Credentials credentials;
  private String first;
  private String challenge;
  private String nonce;
  private String header;
  private String user = "";
  private String mailUser = "";
  private boolean known;
  private ScramSecret secret;
  private boolean proved;

  ScramServer(String mechanism, Credentials credentials) {
    this.mechanism = ScramMechanism.byName(mechanism);
    this.credentials = credentials;
  }

  @Override
  public Step respond(byte[] response) throws Failure {
    if (proved) {
      return new Step.Accepted(user, mailUser);
    }
    String text = new String(response, StandardCharsets.UTF_8);
    try {
      return first == null ? begin(text) : prove(text);
    } catch (IllegalArgumentException e) {
      return new Step.Refused(user);
    }
  }

  /** A client that asks for channel binding is refused: it is not offered. */
  private Step begin(String text) throws Failure {
    Matcher message = FIRST.matcher(text);
    if (!message.matches()) {
      return new Step.Refused(user);
    }
    header = message.group(1);
    first = message.group(3);
    user = name(message.group(4));
    mailUser = message.group(2) == null ? "" : name(message.group(2));
    Optional<PasswordHash> stored = credentials.stored(user);
    Optional<ScramSecret> found =
        stored.isEmpty() ? Optional.empty() : stored.get().scram(mechanism.getName(), user);
    known = found.isPresent();
    found.ifPresent(shown -> credentials.decoy().known(shown, stored.get().isPlain()));
    secret = found.orElseGet(() -> credentials.decoy().of(mechanism.getName(), user));
    nonce = message.group(5) + ScramFunctions.nonce(NONCE, RANDOM);
    String salt = Base64.getEncoder().encodeToString(secret.salt());
    challenge = "r=" + nonce + ",s=" + salt + ",i=" + secret.rounds();
    return new Step.Challenge(challenge.getBytes(StandardCharsets.UTF_8));
  }

  /** A name as RFC 5802 writes it: no comma, and = only in these two. */
  private static String name(String text) {
    String name = text.replace("=2C", ",").replace("=3D", "\0");
    if (name.indexOf('=') >= 0) {
      throw new IllegalArgumentException("a name with an odd =");
    }
    return name.replace('\0', '=');
  }

  private Step prove(String text) {
    Matcher matcher = FINAL.matcher(text);
    if (!matcher.matches() || !matcher.group(3).equals(nonce) || !repeatsHeader(matcher.group(2))) {
      return new Step.Refused(user);
    }
    String authMessage = first + "," + challenge + "," + matcher.group(1);
    byte[] proof = Base64.getDecoder().decode(matcher.group(4));
    boolean right =
        proof.length == secret.storedKey().length
            && ScramFunctions.verifyClientProof(mechanism, proof, secret.storedKey(), authMessage);
    if (!right || !known) {
      return new Step.Refused(user);
    }
    proved = true;
    byte[] signature = ScramFunctions.serverSignature(mechanism, secret.serverKey(), authMessage);
    String last = "v=" + Base64.getEncoder().encodeToString(signature);
    return new Step.Challenge(last.getBytes(StandardCharsets.UTF_8));
  }

  /** Whether the channel binding repeats the client's first message. */
  private boolean repeatsHeader(String base64) {
    return header.equals(new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8));
  }
}
