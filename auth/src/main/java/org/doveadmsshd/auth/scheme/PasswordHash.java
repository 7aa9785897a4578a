package org.doveadmsshd.auth.scheme;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;

/**
 * A stored password: {@code {SCHEME}hash}, or a bare hash with the scheme that is the default where
 * it stands.
 */
public final class PasswordHash {
  private static final Pattern FORM = Pattern.compile("\\{([A-Za-z0-9.-]+)\\}(.*)", Pattern.DOTALL);

  /** Behind the name of a scheme: how the hash is encoded. */
  private static final Pattern ENCODING = Pattern.compile("\\.(HEX|B64|BASE64)$");

  private static final Map<String, Scheme> SCHEMES = new TreeMap<>();

  static {
    SCHEMES.put("ARGON2I", Argon2Scheme.I);
    SCHEMES.put("ARGON2ID", Argon2Scheme.ID);
    SCHEMES.put("BLF-CRYPT", CryptScheme.BLOWFISH);
    SCHEMES.put("CLEAR", PlainScheme.WHOLE);
    SCHEMES.put("CLEARTEXT", PlainScheme.WHOLE);
    SCHEMES.put("CRAM-MD5", new CramMd5Scheme());
    SCHEMES.put("CRYPT", CryptScheme.ANY);
    SCHEMES.put("DES-CRYPT", CryptScheme.DES);
    SCHEMES.put("DIGEST-MD5", new DigestMd5Scheme());
    SCHEMES.put("HMAC-MD5", new CramMd5Scheme());
    SCHEMES.put("LDAP-MD5", new DigestScheme("MD5", 0, false));
    SCHEMES.put("MD5", new Md5Scheme());
    SCHEMES.put("MD5-CRYPT", CryptScheme.MD5);
    SCHEMES.put("PBKDF2", new Pbkdf2Scheme());
    SCHEMES.put("PLAIN", PlainScheme.WHOLE);
    SCHEMES.put("PLAIN-MD4", new DigestScheme("MD4", 0, true));
    SCHEMES.put("PLAIN-MD5", new DigestScheme("MD5", 0, true));
    SCHEMES.put("PLAIN-TRUNC", PlainScheme.TRUNCATED);
    SCHEMES.put("SCRAM-SHA-1", new ScramScheme("SHA1"));
    SCHEMES.put("SCRAM-SHA-256", new ScramScheme("SHA256"));
    SCHEMES.put("SHA", new DigestScheme("SHA-1", 0, false));
    SCHEMES.put("SHA1", new DigestScheme("SHA-1", 0, false));
    SCHEMES.put("SHA256", new DigestScheme("SHA-256", 0, false));
    SCHEMES.put("SHA256-CRYPT", CryptScheme.SHA256);
    SCHEMES.put("SHA512", new DigestScheme("SHA-512", 0, false));
    SCHEMES.put("SHA512-CRYPT", CryptScheme.SHA512);
    SCHEMES.put("SMD5", new DigestScheme("MD5", 4, false));
    SCHEMES.put("SSHA", new DigestScheme("SHA-1", 4, false));
    SCHEMES.put("SSHA256", new DigestScheme("SHA-256", 4, false));
    SCHEMES.put("SSHA512", new DigestScheme("SHA-512", 4, false));
  }

  /** The names of the schemes, sorted. */
  public static List<String> schemes() {
    return List.copyOf(SCHEMES.keySet());
  }

  /**
   * Makes {@code {SCHEME}hash} of a password.
   *
   * @param user whose it is; few schemes need that
   * @param rounds how much work it is; 0 for what is usual
   * @throws Failure with doveadm's exit code, 75, for an unknown scheme or rounds out of range
   */
  public static String make(String scheme, String user, String password, int rounds)
      throws Failure {
    String name = scheme.toUpperCase(Locale.ROOT);
    Scheme known = SCHEMES.get(name);
    if (known == null) {
      throw new Failure(
          Outcome.TEMPORARY_FAILURE, "Unknown scheme: " + scheme + " (doveadm pw -l lists them)");
    }
    try {
      return "{" + name + "}" + known.make(user, password, rounds);
    } catch (IllegalArgumentException e) {
      throw new Failure(
          Outcome.TEMPORARY_FAILURE,
          "Rounds out of range for " + name + ": they must be " + e.getMessage(),
          e);
    }
  }

  private final String scheme;
  private final String hash;

  private PasswordHash(String scheme, String hash) {
    this.scheme = scheme.toUpperCase(Locale.ROOT);
    this.hash = hash;
  }

  /** Takes a stored password apart. */
  public static PasswordHash parse(String stored, String defaultScheme) {
    Matcher matcher = FORM.matcher(stored);
    return matcher.matches()
        ? new PasswordHash(matcher.group(1), matcher.group(2))
        : new PasswordHash(defaultScheme, stored);
  }

  /** A password that is stored as it is. */
  public static PasswordHash ofPlain(String password) {
    return new PasswordHash("PLAIN", password);
  }

  public static boolean isScheme(String name) {
    return SCHEMES.containsKey(ENCODING.matcher(name.toUpperCase(Locale.ROOT)).replaceFirst(""));
  }

  /** Bytes that {@link #make} takes with a scheme. */
  public static long memoryOfMaking(String scheme) {
    Scheme known = SCHEMES.get(scheme.toUpperCase(Locale.ROOT));
    return known == null ? 0 : known.memory();
  }

  /** The cost of {@link #verify}, as far as it is known beforehand. */
  public HashCost cost() {
    Matcher suffix = ENCODING.matcher(scheme);
    Scheme known = SCHEMES.get(suffix.replaceFirst(""));
    if (known == null) {
      return HashCost.LITTLE; // it is refused
    }
    try {
      suffix.reset();
      return known.cost(suffix.find() ? decoded(known, suffix.group(1)) : hash);
    } catch (IllegalArgumentException e) {
      return HashCost.LITTLE; // malformed; verifying it will fail
    }
  }

  /**
   * Whether this is the hash of a password.
   *
   * @param user whose it is
   * @throws Failure when the scheme is unknown or the hash malformed: a fault of the passdb, not of
   *     the password
   */
  public boolean verify(String user, String password) throws Failure {
    Matcher suffix = ENCODING.matcher(scheme);
    Scheme known = SCHEMES.get(suffix.replaceFirst(""));
    if (known == null) {
      throw new Failure(
          Outcome.TEMPORARY_FAILURE, "Password scheme {" + scheme + "} is not supported");
    }
    try {
      suffix.reset();
      String plain = suffix.find() ? decoded(known, suffix.group(1)) : hash;
      return !hash.isEmpty() && known.verify(user, password, plain);
    } catch (IllegalArgumentException e) {
      throw Failure.temporary("A stored {" + scheme + "} password is malformed", e);
    }
  }

  /**
   * What SCRAM needs of it: it is stored for that mechanism, or as it is.
   *
   * @param mechanism {@code SCRAM-SHA-256} or {@code SCRAM-SHA-1}
   * @throws Failure when what is stored is malformed
   */
  public Optional<ScramSecret> scram(String mechanism, String user) throws Failure {
    try {
      if (scheme.equals(mechanism)) {
        return Optional.of(ScramSecret.parse(hash));
      }
      return isPlain()
          ? Optional.of(ScramSecret.ofPassword(mechanism, user, hash))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      throw Failure.temporary("A stored {" + scheme + "} password is malformed", e);
    }
  }

  /**
   * The digest that CRAM-MD5 expects for a challenge, in hexadecimal digits: it is stored for that
   * mechanism, or as it is.
   *
   * @throws Failure when what is stored is malformed
   */
  public Optional<String> cramMd5(byte[] challenge) throws Failure {
    try {
      if (SCHEMES.get(scheme) instanceof CramMd5Scheme) {
        return Optional.of(CramMd5Scheme.digest(hash, challenge));
      }
      return isPlain()
          ? Optional.of(CramMd5Scheme.digest(new CramMd5Scheme().make("", hash, 0), challenge))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      throw Failure.temporary("A stored {" + scheme + "} password is malformed", e);
    }
  }

  /** Whether the password is stored as it is. */
  public boolean isPlain() {
    return SCHEMES.get(scheme) == PlainScheme.WHOLE && !hash.isEmpty();
  }

  /** The hash in the encoding that its scheme usually has. */
  private String decoded(Scheme known, String encoding) {
    byte[] bytes =
        encoding.equals("HEX")
            ? HexFormat.of().parseHex(hash.toLowerCase(Locale.ROOT))
            : Base64.getDecoder().decode(hash);
    if (!known.isBinary()) {
      return new String(bytes, StandardCharsets.UTF_8);
    }
    boolean usuallyHex = known instanceof CramMd5Scheme;
    return usuallyHex ? HexFormat.of().formatHex(bytes) : Base64.getEncoder().encodeToString(bytes);
  }

  @Override
  public String toString() {
    return "{" + scheme + "}…"; // never the hash
  }
}
