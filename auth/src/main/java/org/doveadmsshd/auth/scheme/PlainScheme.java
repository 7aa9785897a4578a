package org.doveadmsshd.auth.scheme;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The password itself. */
enum PlainScheme implements Scheme {
  WHOLE,
  /** {@code 8-password}: of a password that is that long, what comes behind does not count. */
  TRUNCATED;

  private static final Pattern LENGTH = Pattern.compile("([0-9]{1,4})-(.*)", Pattern.DOTALL);

  @Override
  public boolean verify(String user, String password, String hash) {
    byte[] given = password.getBytes(StandardCharsets.UTF_8);
    if (this == WHOLE) {
      return MessageDigest.isEqual(given, hash.getBytes(StandardCharsets.UTF_8));
    }
    Matcher matcher = LENGTH.matcher(hash);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("the length is missing");
    }
    byte[] stored = matcher.group(2).getBytes(StandardCharsets.UTF_8);
    boolean cut = stored.length == Integer.parseInt(matcher.group(1)) && stored.length > 0;
    byte[] counted =
        cut && given.length > stored.length ? Arrays.copyOf(given, stored.length) : given;
    return MessageDigest.isEqual(counted, stored);
  }

  @Override
  public String make(String user, String password, int rounds) {
    return password;
  }
}
