package org.doveadmsshd.auth.scheme;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import com.ongres.scram.common.StringPreparation;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/**
 * A server's data about a password for SCRAM (RFC 5802 section 3).
 *
 * @param rounds how often the password is hashed
 */
public record ScramSecret(byte[] salt, int rounds, byte[] storedKey, byte[] serverKey) {
  /** Length of the salt of a password that is stored as it is. */
  public static final int SALT = 16;

  /** Rounds for a password that is stored in the clear. */
  public static final int ROUNDS = 4096;

  private static final byte[] OWN = new byte[32];

  static {
    new SecureRandom().nextBytes(OWN);
  }

  /** Makes the secret of a password that is stored in the clear. */
  static ScramSecret ofPassword(String mechanism, String user, String password) {
    ScramMechanism scram = ScramMechanism.byName(mechanism);
    byte[] salt = salt(user);
    byte[] salted =
        ScramFunctions.saltedPassword(
            scram, StringPreparation.SASL_PREPARATION, password.toCharArray(), salt, ROUNDS);
    return new ScramSecret(
        salt,
        ROUNDS,
        ScramFunctions.storedKey(scram, ScramFunctions.clientKey(scram, salted)),
        ScramFunctions.serverKey(scram, salted));
  }

  /**
   * Makes the secret of an unknown user, so that the client does not learn that.
   *
   * @param salt its length, at most 32
   * @param isComputed whether it takes as long as one that is made of a password
   */
  public static ScramSecret ofNobody(
      String mechanism, String user, int rounds, int salt, boolean isComputed) {
    if (isComputed) {
      ofPassword(mechanism, user, "nobody's");
    }
    byte[] key = ScramFunctions.hmac(ScramMechanism.byName(mechanism), OWN, hash(user));
    return new ScramSecret(Arrays.copyOf(hash(user), salt), rounds, key, key);
  }

  /** {@code rounds,salt,StoredKey,ServerKey}, as it is stored. */
  static ScramSecret parse(String stored) {
    String[] parts = stored.split(",", -1);
    if (parts.length != 4 || !parts[0].matches("[1-9][0-9]{0,6}")) {
      throw new IllegalArgumentException("not a SCRAM hash within limits");
    }
    Base64.Decoder decoder = Base64.getDecoder();
    return new ScramSecret(
        decoder.decode(parts[1]),
        Integer.parseInt(parts[0]),
        decoder.decode(parts[2]),
        decoder.decode(parts[3]));
  }

  /** The same whenever the same user is asked about. */
  private static byte[] salt(String user) {
    return Arrays.copyOf(hash(user), SALT);
  }

  private static byte[] hash(String user) {
    byte[] name = ("salt " + user).getBytes(StandardCharsets.UTF_8);
    return ScramFunctions.hmac(ScramMechanism.SCRAM_SHA_256, OWN, name);
  }

  @Override
  public String toString() {
    return "SCRAM secret"; // never the keys
  }
}
