package org.doveadmsshd.auth.scheme;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/** {@code $argon2id$v=19$m=65536,t=3,p=1$salt$hash} (RFC 9106). */
final class Argon2 {
  private static final Pattern FORM =
      Pattern.compile(
          "\\$argon2(i|id)\\$v=(\\d{1,3})\\$m=(\\d{1,7}),t=(\\d{1,3}),p=(\\d{1,3})"
              + "\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)");

  /** More memory than this for one password is taken for a mistake, in KiB. */
  private static final int MAX_MEMORY = 1024 * 1024;

  private Argon2() {}

  static boolean verify(String password, String hash) {
    Matcher matcher = FORM.matcher(hash);
    if (!matcher.matches() || Integer.parseInt(matcher.group(3)) > MAX_MEMORY) {
      throw new IllegalArgumentException("not an argon2 hash within limits");
    }
    int type =
        matcher.group(1).equals("i") ? Argon2Parameters.ARGON2_i : Argon2Parameters.ARGON2_id;
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(type)
            .withVersion(Integer.parseInt(matcher.group(2)))
            .withMemoryAsKB(Integer.parseInt(matcher.group(3)))
            .withIterations(Integer.parseInt(matcher.group(4)))
            .withParallelism(Integer.parseInt(matcher.group(5)))
            .withSalt(Base64.getDecoder().decode(matcher.group(6)))
            .build());
    byte[] stored = Base64.getDecoder().decode(matcher.group(7));
    byte[] computed = new byte[stored.length];
    generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), computed);
    return MessageDigest.isEqual(computed, stored);
  }
}
