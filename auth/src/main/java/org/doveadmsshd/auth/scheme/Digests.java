package org.doveadmsshd.auth.scheme;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
}
