package org.doveadmsshd.auth.scheme;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.Crypt;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/**
 * The crypt(3) family, told apart by prefix: {@code $1$ $5$ $6$}, {@code $2a$ $2b$ $2y$}, thirteen
 * characters of DES; whatever else the system's own library knows, such as {@code $y$}.
 */
enum CryptScheme implements Scheme {
  /** Any of them. */
  ANY(".*"),
  DES("[./0-9A-Za-z]{13}"),
  MD5("\\$1\\$.*"),
  BLOWFISH("\\$2[aby]?\\$.*"),
  SHA256("\\$5\\$.*"),
  SHA512("\\$6\\$.*");

  private static final String SALT =
      "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  /** What Dovecot uses for Blowfish. */
  private static final int USUAL_COST = 5;

  private final Pattern form;

  CryptScheme(String form) {
    this.form = Pattern.compile(form, Pattern.DOTALL);
  }

  private boolean fits(String hash) {
    return form.matcher(hash).matches();
  }

  @Override
  public boolean verify(String user, String password, String hash) {
    if (!fits(hash)) {
      throw new IllegalArgumentException("not a hash of " + this);
    }
    if (BLOWFISH.fits(hash)) {
      return OpenBSDBCrypt.checkPassword(hash, password.toCharArray());
    }
    boolean common = DES.fits(hash) || MD5.fits(hash) || SHA256.fits(hash) || SHA512.fits(hash);
    String computed =
        common
            ? Crypt.crypt(password.getBytes(StandardCharsets.UTF_8), hash)
            : LibCrypt.crypt(password, hash);
    return MessageDigest.isEqual(
        computed.getBytes(StandardCharsets.US_ASCII), hash.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public String make(String user, String password, int rounds) {
    return switch (this) {
      case DES -> crypt(password, salt(2));
      case MD5 -> crypt(password, "$1$" + salt(8));
      case SHA256 -> crypt(password, "$5$" + rounds(rounds) + salt(16));
      case SHA512 -> crypt(password, "$6$" + rounds(rounds) + salt(16));
      default -> blowfish(password, rounds);
    };
  }

  private static String crypt(String password, String setting) {
    return Crypt.crypt(password.getBytes(StandardCharsets.UTF_8), setting);
  }

  /** Between 1,000 and 999,999,999. */
  private static String rounds(int rounds) {
    if (rounds != 0 && rounds < 1000) {
      throw new IllegalArgumentException("rounds");
    }
    return rounds == 0 ? "" : "rounds=" + rounds + "$";
  }

  private static String salt(int length) {
    StringBuilder salt = new StringBuilder();
    SecureRandom random = new SecureRandom();
    for (int i = 0; i < length; i++) {
      salt.append(SALT.charAt(random.nextInt(SALT.length())));
    }
    return salt.toString();
  }

  /** {@code $2y$}; {@code cost} between 4 and 31. */
  private static String blowfish(String password, int cost) {
    byte[] salt = new byte[16];
    new SecureRandom().nextBytes(salt);
    int used = cost == 0 ? USUAL_COST : cost;
    return OpenBSDBCrypt.generate("2y", password.toCharArray(), salt, used);
  }
}
