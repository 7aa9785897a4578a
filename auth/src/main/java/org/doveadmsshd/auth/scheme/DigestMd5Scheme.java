package org.doveadmsshd.auth.scheme;

/** The MD5 of {@code user:domain:password} (RFC 2831 section 2.1.2.1), in hexadecimal digits. */
final class DigestMd5Scheme implements Scheme {
  private static final DigestScheme MD5 = new DigestScheme("MD5", 0, true);

  @Override
  public boolean isBinary() {
    return true;
  }

  private static String text(String user, String password) {
    int at = user.lastIndexOf('@');
    String name = at < 0 ? user : user.substring(0, at);
    String domain = at < 0 ? "" : user.substring(at + 1);
    return name + ":" + domain + ":" + password;
  }

  @Override
  public boolean verify(String user, String password, String hash) {
    return MD5.verify(user, text(user, password), hash);
  }

  @Override
  public String make(String user, String password, int rounds) {
    return MD5.make(user, text(user, password), rounds);
  }
}
