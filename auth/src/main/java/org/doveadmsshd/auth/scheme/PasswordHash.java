package org.doveadmsshd.auth.scheme;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.doveadmsshd.protocol.Failure;
import org.doveadmsshd.protocol.Outcome;

/**
 * A stored password: {@code {SCHEME}hash}, or a bare hash with the scheme that is the default where
 * it stands.
 */
public final class PasswordHash {
  private static final Pattern FORM = Pattern.compile("\\{([A-Za-z0-9.-]+)\\}(.*)", Pattern.DOTALL);

  private static final Map<String, Verifier> SCHEMES = new TreeMap<>();

  /** Compares a password with a hash, in a time that does not depend on how much of it is right. */
  @FunctionalInterface
  interface Verifier {
    /**
     * @throws IllegalArgumentException when the hash is malformed
     */
    boolean verify(String password, String hash);
  }

  static {
    SCHEMES.put("PLAIN", PasswordHash::plain);
    SCHEMES.put("CLEAR", PasswordHash::plain);
    SCHEMES.put("CLEARTEXT", PasswordHash::plain);
    SCHEMES.put("SHA256", (password, hash) -> Digests.verify("SHA-256", password, hash));
    SCHEMES.put("SHA512", (password, hash) -> Digests.verify("SHA-512", password, hash));
    SCHEMES.put("SSHA256", (password, hash) -> Digests.verify("SHA-256", password, hash));
    SCHEMES.put("SSHA512", (password, hash) -> Digests.verify("SHA-512", password, hash));
    SCHEMES.put("CRYPT", Crypts::verify);
    SCHEMES.put("SHA256-CRYPT", (password, hash) -> Crypts.verify("$5$", password, hash));
    SCHEMES.put("SHA512-CRYPT", (password, hash) -> Crypts.verify("$6$", password, hash));
    SCHEMES.put("BLF-CRYPT", (password, hash) -> Crypts.verify("$2", password, hash));
    SCHEMES.put("ARGON2I", Argon2::verify);
    SCHEMES.put("ARGON2ID", Argon2::verify);
  }

  /** Makes a hash with a salt of its own. */
  @FunctionalInterface
  interface Maker {
    /**
     * @param rounds how much work it is; 0 for what is usual
     */
    String make(String password, int rounds);
  }

  private static final Map<String, Maker> MAKERS = new TreeMap<>();

  static {
    MAKERS.put("PLAIN", (password, rounds) -> password);
    MAKERS.put("CLEAR", (password, rounds) -> password);
    MAKERS.put("CLEARTEXT", (password, rounds) -> password);
    MAKERS.put("SHA256", (password, rounds) -> Digests.make("SHA-256", password, 0));
    MAKERS.put("SHA512", (password, rounds) -> Digests.make("SHA-512", password, 0));
    MAKERS.put("SSHA256", (password, rounds) -> Digests.make("SHA-256", password, 4));
    MAKERS.put("SSHA512", (password, rounds) -> Digests.make("SHA-512", password, 4));
    MAKERS.put("CRYPT", Crypts::blowfish);
    MAKERS.put("BLF-CRYPT", Crypts::blowfish);
    MAKERS.put("SHA256-CRYPT", (password, rounds) -> Crypts.sha("$5$", password, rounds));
    MAKERS.put("SHA512-CRYPT", (password, rounds) -> Crypts.sha("$6$", password, rounds));
    MAKERS.put("ARGON2I", (password, rounds) -> Argon2.make("i", password, rounds));
    MAKERS.put("ARGON2ID", (password, rounds) -> Argon2.make("id", password, rounds));
  }

  /** The names of the schemes, sorted. */
  public static List<String> schemes() {
    return List.copyOf(SCHEMES.keySet());
  }

  /**
   * Makes {@code {SCHEME}hash} of a password.
   *
   * @param rounds how much work it is; 0 for what is usual
   * @throws Failure with doveadm's exit code, 75, for an unknown scheme or rounds out of range
   */
  public static String make(String scheme, String password, int rounds) throws Failure {
    String name = scheme.toUpperCase(Locale.ROOT);
    Maker maker = MAKERS.get(name);
    if (maker == null) {
      throw new Failure(Outcome.TEMPORARY_FAILURE, "Unknown scheme: " + scheme);
    }
    try {
      return "{" + name + "}" + maker.make(password, rounds);
    } catch (IllegalArgumentException e) {
      throw new Failure(Outcome.TEMPORARY_FAILURE, "Rounds out of range for " + name, e);
    }
  }

  private final String scheme;
  private final String hash;

  private PasswordHash(String scheme, String hash) {
    this.scheme = scheme;
    this.hash = hash;
  }

  /** Takes a stored password apart. */
  public static PasswordHash parse(String stored, String defaultScheme) {
    Matcher matcher = FORM.matcher(stored);
    return matcher.matches()
        ? new PasswordHash(matcher.group(1).toUpperCase(Locale.ROOT), matcher.group(2))
        : new PasswordHash(defaultScheme.toUpperCase(Locale.ROOT), stored);
  }

  public static boolean isScheme(String name) {
    return SCHEMES.containsKey(name.toUpperCase(Locale.ROOT));
  }

  /**
   * Whether this is the hash of a password.
   *
   * @throws Failure when the scheme is unknown or the hash malformed: a fault of the passdb, not of
   *     the password
   */
  public boolean verify(String password) throws Failure {
    Verifier verifier = SCHEMES.get(scheme);
    if (verifier == null) {
      throw new Failure(
          Outcome.TEMPORARY_FAILURE, "Password scheme {" + scheme + "} is not supported");
    }
    try {
      return !hash.isEmpty() && verifier.verify(password, hash);
    } catch (IllegalArgumentException e) {
      throw Failure.temporary("A stored {" + scheme + "} password is malformed", e);
    }
  }

  private static boolean plain(String password, String hash) {
    return MessageDigest.isEqual(
        password.getBytes(StandardCharsets.UTF_8), hash.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "{" + scheme + "}…"; // never the hash
  }
}
