package org.doveadmsshd.auth.scheme;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/** {@code $argon2id$v=19$m=65536,t=3,p=1$salt$hash} (RFC 9106). */
enum Argon2Scheme implements Scheme {
  I("i", Argon2Parameters.ARGON2_i),
  ID("id", Argon2Parameters.ARGON2_id);

  private static final Pattern FORM =
      Pattern.compile(
          "\\$argon2(i|id)\\$v=(\\d{1,3})\\$m=(\\d{1,7}),t=(\\d{1,3}),p=(\\d{1,3})"
              + "\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)");

  /** More memory than this for one password is taken for a mistake, in KiB. */
  private static final int MAX_MEMORY = 1024 * 1024;

  /** In KiB, as libsodium's interactive limits. */
  private static final int USUAL_MEMORY = 64 * 1024;

  private static final int USUAL_ROUNDS = 3;

  /** Rounds of the usual memory take some 60 ms each. */
  private static final int MAX_ROUNDS = 75;

  private static final int KIB_PER_MILLI = 1000;

  private final String kind;
  private final int type;

  Argon2Scheme(String kind, int type) {
    this.kind = kind;
    this.type = type;
  }

  @Override
  public HashCost cost(String hash) {
    Matcher matcher = FORM.matcher(hash);
    if (!matcher.matches()) {
      return HashCost.LITTLE; // it is refused
    }
    long memory = Long.parseLong(matcher.group(3));
    long rounds = Long.parseLong(matcher.group(4));
    return new HashCost(memory * 1024, memory * rounds / KIB_PER_MILLI);
  }

  @Override
  public long memory() {
    return USUAL_MEMORY * 1024L;
  }

  @Override
  public boolean verify(String user, String password, String hash) {
    Matcher matcher = FORM.matcher(hash);
    boolean own = matcher.matches() && matcher.group(1).equals(kind);
    if (!own || Integer.parseInt(matcher.group(3)) > MAX_MEMORY) {
      throw new IllegalArgumentException("not an argon2" + kind + " hash within limits");
    }
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

  @Override
  public String make(String user, String password, int rounds) {
    byte[] salt = new byte[16];
    new SecureRandom().nextBytes(salt);
    int iterations = rounds == 0 ? USUAL_ROUNDS : rounds;
    Scheme.check(iterations, 1, MAX_ROUNDS);
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(type)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(USUAL_MEMORY)
            .withIterations(iterations)
            .withParallelism(1)
            .withSalt(salt)
            .build());
    byte[] hash = new byte[32];
    generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), hash);
    Base64.Encoder encoder = Base64.getEncoder().withoutPadding();
    return "$argon2%s$v=19$m=%d,t=%d,p=1$%s$%s"
        .formatted(
            kind,
            USUAL_MEMORY,
            iterations,
            encoder.encodeToString(salt),
            encoder.encodeToString(hash));
  }
}
