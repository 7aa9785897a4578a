package org.doveadmsshd.auth.scheme;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.regex.Matcher;
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

  /** Dovecot's prefix for Blowfish. */
  private static final int USUAL_COST = 5;

  /** Each more doubles the time; this takes some seconds. */
  private static final int MAX_COST = 16;

  /** These, too. */
  private static final int MAX_ROUNDS = 3_000_000;

  private static final int ROUNDS_PER_MILLI = 600;

  private static final long YESCRYPT_MEMORY = 64L * 1024 * 1024;
  private static final long YESCRYPT_MILLIS = 500;

  private static final Pattern BLOWFISH_COST = Pattern.compile("\\$2[aby]?\\$([0-9]{2})\\$.*");
  private static final Pattern SHA_ROUNDS =
      Pattern.compile("\\$[56]\\$rounds=([0-9]{1,18})\\$.*", Pattern.DOTALL);

  /** yescrypt as crypt(3) makes it, up to 64 MiB. Other parameters may ask for anything. */
  private static final Pattern USUAL_YESCRYPT =
      Pattern.compile("\\$g?y\\$j[./0-9AB]T\\$.*", Pattern.DOTALL);

  private final Pattern form;

  CryptScheme(String form) {
    this.form = Pattern.compile(form, Pattern.DOTALL);
  }

  private boolean fits(String hash) {
    return form.matcher(hash).matches();
  }

  @Override
  public HashCost cost(String hash) {
    Matcher blowfish = BLOWFISH_COST.matcher(hash);
    if (blowfish.matches()) {
      return new HashCost(0, (1L << Math.min(40, Integer.parseInt(blowfish.group(1)))) / 16);
    }
    Matcher rounds = SHA_ROUNDS.matcher(hash);
    if (rounds.matches()) {
      return new HashCost(0, Long.parseLong(rounds.group(1)) / ROUNDS_PER_MILLI);
    }
    if (isCommon(hash) || BLOWFISH.fits(hash)) {
      return HashCost.LITTLE;
    }
    return USUAL_YESCRYPT.matcher(hash).matches()
        ? new HashCost(YESCRYPT_MEMORY, YESCRYPT_MILLIS)
        : HashCost.UNKNOWN;
  }

  private static boolean isCommon(String hash) {
    return DES.fits(hash) || MD5.fits(hash) || SHA256.fits(hash) || SHA512.fits(hash);
  }

  @Override
  public boolean verify(String user, String password, String hash) {
    if (!fits(hash)) {
      throw new IllegalArgumentException("not a hash of " + this);
    }
    if (BLOWFISH.fits(hash)) {
      return OpenBSDBCrypt.checkPassword(hash, password.toCharArray());
    }
    String computed =
        isCommon(hash)
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
      case ANY, BLOWFISH -> blowfish(password, rounds);
    };
  }

  private static String crypt(String password, String setting) {
    return Crypt.crypt(password.getBytes(StandardCharsets.UTF_8), setting);
  }

  private static String rounds(int rounds) {
    if (rounds != 0) {
      Scheme.check(rounds, 1000, MAX_ROUNDS);
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

  /** {@code $2y$}. */
  private static String blowfish(String password, int cost) {
    byte[] salt = new byte[16];
    new SecureRandom().nextBytes(salt);
    int used = cost == 0 ? USUAL_COST : cost;
    Scheme.check(used, 4, MAX_COST);
    return OpenBSDBCrypt.generate("2y", password.toCharArray(), salt, used);
  }
}
