package org.doveadmsshd.auth.scheme;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.apache.commons.codec.digest.Crypt;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/** The crypt(3) family, told apart by prefix: {@code $1$ $5$ $6$} and {@code $2a$ $2b$ $2y$}. */
final class Crypts {
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
}
