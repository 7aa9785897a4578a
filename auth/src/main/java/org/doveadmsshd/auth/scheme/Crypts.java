package org.doveadmsshd.auth.scheme;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import org.apache.commons.codec.digest.Crypt;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/** The crypt(3) family, told apart by prefix: {@code $1$ $5$ $6$} and {@code $2a$ $2b$ $2y$}. */
final class Crypts {
  private static final String SALT =
      "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  /** What Dovecot uses. */
  private static final int USUAL_COST = 5;

  private Crypts() {}

  static boolean verify(String prefix, String password, String hash) {
    if (!hash.startsWith(prefix)) {
      throw new IllegalArgumentException("expected " + prefix);
    }
    return verify(password, hash);
  }

  static boolean verify(String password, String hash) {
    if (hash.startsWith("$2")) {
      return OpenBSDBCrypt.checkPassword(hash, password.toCharArray());
    }
    if (!hash.matches("\\$[156]\\$.*")) {
      throw new IllegalArgumentException("unknown kind of crypt");
    }
    String computed = Crypt.crypt(password.getBytes(StandardCharsets.UTF_8), hash);
    return MessageDigest.isEqual(
        computed.getBytes(StandardCharsets.US_ASCII), hash.getBytes(StandardCharsets.US_ASCII));
  }

  /** {@code $5$} or {@code $6$}; between 1,000 and 999,999,999 rounds. */
  static String sha(String prefix, String password, int rounds) {
    if (rounds != 0 && rounds < 1000) {
      throw new IllegalArgumentException("rounds");
    }
    StringBuilder salt = new StringBuilder(prefix);
    salt.append(rounds == 0 ? "" : "rounds=" + rounds + "$");
    SecureRandom random = new SecureRandom();
    for (int i = 0; i < 16; i++) {
      salt.append(SALT.charAt(random.nextInt(SALT.length())));
    }
    return Crypt.crypt(password.getBytes(StandardCharsets.UTF_8), salt.toString());
  }

  /** {@code $2y$}; {@code cost} between 4 and 31. */
  static String blowfish(String password, int cost) {
    byte[] salt = new byte[16];
    new SecureRandom().nextBytes(salt);
    int used = cost == 0 ? USUAL_COST : cost;
    return OpenBSDBCrypt.generate("2y", password.toCharArray(), salt, used);
  }
}
