package org.doveadmsshd.auth.scheme;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/** {@code base64(digest(password + salt) + salt)}, the salt may be empty. */
final class Digests {
  private Digests() {}

  static boolean verify(String algorithm, String password, String hash) {
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      byte[] stored = Base64.getDecoder().decode(hash);
      int length = digest.getDigestLength();
      if (stored.length < length) {
        throw new IllegalArgumentException("too short for " + algorithm);
      }
      digest.update(password.getBytes(StandardCharsets.UTF_8));
      digest.update(stored, length, stored.length - length);
      return MessageDigest.isEqual(digest.digest(), Arrays.copyOf(stored, length));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has them
    }
  }

  static String make(String algorithm, String password, int saltLength) {
    try {
      byte[] salt = new byte[saltLength];
      new SecureRandom().nextBytes(salt);
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      digest.update(password.getBytes(StandardCharsets.UTF_8));
      digest.update(salt);
      byte[] hash = digest.digest();
      byte[] all = Arrays.copyOf(hash, hash.length + saltLength);
      System.arraycopy(salt, 0, all, hash.length, saltLength);
      return Base64.getEncoder().encodeToString(all);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has them
    }
  }
}
