package org.doveadmsshd.auth.scheme;

/** {@code {MD5}}: crypt's {@code $1$}, or a plain digest, as it looks. */
final class Md5Scheme implements Scheme {
  private static final DigestScheme PLAIN = new DigestScheme("MD5", 0, true);

  @Override
  public boolean verify(String user, String password, String hash) {
    Scheme scheme = hash.startsWith("$1$") ? CryptScheme.MD5 : PLAIN;
    return scheme.verify(user, password, hash);
  }

  @Override
  public String make(String user, String password, int rounds) {
    return CryptScheme.MD5.make(user, password, rounds);
  }
}
