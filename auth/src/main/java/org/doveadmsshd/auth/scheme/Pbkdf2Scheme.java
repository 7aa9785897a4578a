package org.doveadmsshd.auth.scheme;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code $1$salt$rounds$hash}: PBKDF2 with HMAC-SHA-1, 20 bytes, the salt taken as text. */
final class Pbkdf2Scheme implements Scheme {
  private static final Pattern FORM =
      Pattern.compile("\\$1\\$([^$]{1,128})\\$([1-9][0-9]{0,6})\\$([0-9a-fA-F]{40})");

  private static final String SALT =
      "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  private static final int USUAL_ROUNDS = 5000;

  /** They take some seconds. */
  private static final int MAX_ROUNDS = 5_000_000;

  private static final int LENGTH = 20;

  @Override
  public boolean verify(String user, String password, String hash) {
    Matcher matcher = FORM.matcher(hash);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a PBKDF2 hash within limits");
    }
    byte[] computed = derive(password, matcher.group(1), Integer.parseInt(matcher.group(2)));
    return MessageDigest.isEqual(computed, HexFormat.of().parseHex(matcher.group(3)));
  }

  private static byte[] derive(String password, String salt, int rounds) {
    byte[] bytes = salt.getBytes(StandardCharsets.UTF_8);
    return KeyDerivation.pbkdf2("SHA1", password, bytes, rounds, LENGTH);
  }

  @Override
  public String make(String user, String password, int rounds) {
    int used = rounds == 0 ? USUAL_ROUNDS : rounds;
    Scheme.check(used, 1, MAX_ROUNDS);
    StringBuilder salt = new StringBuilder();
    SecureRandom random = new SecureRandom();
    for (int i = 0; i < 16; i++) {
      salt.append(SALT.charAt(random.nextInt(SALT.length())));
    }
    byte[] hash = derive(password, salt.toString(), used);
    return "$1$" + salt + "$" + used + "$" + HexFormat.of().formatHex(hash);
  }
}
