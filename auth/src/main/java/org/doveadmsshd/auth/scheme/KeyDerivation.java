package org.doveadmsshd.auth.scheme;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** PBKDF2 (RFC 8018) and its relatives, from the JDK. */
final class KeyDerivation {
  private KeyDerivation() {}

  /**
   * PBKDF2.
   *
   * @param hash such as {@code SHA1}
   * @param length bytes of the key
   */
  static byte[] pbkdf2(String hash, String password, byte[] salt, int rounds, int length) {
    try {
      PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, rounds, length * 8);
      return SecretKeyFactory.getInstance("PBKDF2WithHmac" + hash)
          .generateSecret(spec)
          .getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has them
    }
  }

  static byte[] hmac(String hash, byte[] key, byte[] text) {
    try {
      Mac mac = Mac.getInstance("Hmac" + hash);
      mac.init(new SecretKeySpec(key, mac.getAlgorithm()));
      return mac.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has them
    }
  }

  static byte[] digest(String hash, byte[] text) {
    try {
      return MessageDigest.getInstance(hash.replace("SHA", "SHA-")).digest(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has them
    }
  }
}
