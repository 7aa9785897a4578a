package org.doveadmsshd.auth.scheme;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import org.bouncycastle.crypto.ExtendedDigest;
import org.bouncycastle.crypto.digests.MD4Digest;
import org.bouncycastle.crypto.util.DigestFactory;

/**
 * {@code digest(password + salt) + salt}, in base64 or hexadecimal digits; the salt may be empty.
 *
 * @param algorithm such as {@code SHA-256}
 * @param saltLength bytes of salt in new hashes
 * @param hex whether new hashes are in hexadecimal digits
 */
record DigestScheme(String algorithm, int saltLength, boolean hex) implements Scheme {

  @Override
  public boolean isBinary() {
    return true;
  }

  @Override
  public boolean verify(String user, String password, String hash) {
    ExtendedDigest digest = digest();
    int length = digest.getDigestSize();
    byte[] stored = decode(hash, length);
    boolean fits = saltLength == 0 ? stored.length == length : stored.length >= length;
    if (!fits) {
      throw new IllegalArgumentException("wrong length for " + algorithm);
    }
    byte[] salt = Arrays.copyOfRange(stored, length, stored.length);
    return MessageDigest.isEqual(hash(digest, password, salt), Arrays.copyOf(stored, length));
  }

  private ExtendedDigest digest() {
    return switch (algorithm) {
      case "MD4" -> new MD4Digest();
      case "MD5" -> (ExtendedDigest) DigestFactory.createMD5();
      case "SHA-1" -> (ExtendedDigest) DigestFactory.createSHA1();
      case "SHA-256" -> (ExtendedDigest) DigestFactory.createSHA256();
      case "SHA-512" -> (ExtendedDigest) DigestFactory.createSHA512();
      default -> throw new IllegalStateException(algorithm);
    };
  }

  private static byte[] hash(ExtendedDigest digest, String password, byte[] salt) {
    byte[] text = password.getBytes(StandardCharsets.UTF_8);
    digest.update(text, 0, text.length);
    digest.update(salt, 0, salt.length);
    byte[] hash = new byte[digest.getDigestSize()];
    digest.doFinal(hash, 0);
    return hash;
  }

  /** Without a salt the length tells which of the two it is, as in Dovecot. */
  private byte[] decode(String hash, int length) {
    boolean digits = saltLength == 0 ? hash.length() == 2 * length : hex;
    return digits
        ? HexFormat.of().parseHex(hash.toLowerCase(Locale.ROOT))
        : Base64.getDecoder().decode(hash);
  }

  @Override
  public String make(String user, String password, int rounds) {
    byte[] salt = new byte[saltLength];
    new SecureRandom().nextBytes(salt);
    byte[] hash = hash(digest(), password, salt);
    byte[] all = Arrays.copyOf(hash, hash.length + saltLength);
    System.arraycopy(salt, 0, all, hash.length, saltLength);
    return hex ? HexFormat.of().formatHex(all) : Base64.getEncoder().encodeToString(all);
  }
}
