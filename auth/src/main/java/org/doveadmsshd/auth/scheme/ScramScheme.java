package org.doveadmsshd.auth.scheme;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * {@code rounds,salt,StoredKey,ServerKey}: what a server needs for SCRAM (RFC 5802 section 3).
 *
 * @param hash {@code SHA1} or {@code SHA256}
 */
record ScramScheme(String hash) implements Scheme {
  private static final int USUAL_ROUNDS = 4096;

  /** They take some seconds. */
  private static final int MAX_ROUNDS = 5_000_000;

  @Override
  public boolean verify(String user, String password, String stored) {
    ScramSecret secret = ScramSecret.parse(stored);
    byte[] salted = salted(password, secret.salt(), secret.rounds());
    return MessageDigest.isEqual(storedKey(salted), secret.storedKey());
  }

  private byte[] salted(String password, byte[] salt, int rounds) {
    int length = hash.equals("SHA1") ? 20 : 32;
    return KeyDerivation.pbkdf2(hash, password, salt, rounds, length);
  }

  private byte[] storedKey(byte[] salted) {
    return KeyDerivation.digest(hash, key(salted, "Client Key"));
  }

  private byte[] key(byte[] salted, String what) {
    return KeyDerivation.hmac(hash, salted, what.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public String make(String user, String password, int rounds) {
    int used = rounds == 0 ? USUAL_ROUNDS : rounds;
    Scheme.check(used, 1, MAX_ROUNDS);
    byte[] salt = new byte[16];
    new SecureRandom().nextBytes(salt);
    byte[] salted = salted(password, salt, used);
    Base64.Encoder encoder = Base64.getEncoder();
    return String.join(
        ",",
        Integer.toString(used),
        encoder.encodeToString(salt),
        encoder.encodeToString(storedKey(salted)),
        encoder.encodeToString(key(salted, "Server Key")));
  }
}
