package org.doveadmsshd.base;

import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes as people write them: a number and a unit, {@code 100}, {@code 1k}, {@code 10 MiB}; units
 * are powers of 1024.
 */
public final class Sizes {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,18}) *([bkmgt]?)i?b?");

  private static final String UNITS = "BKMGTPE";

  private Sizes() {}

  /** How many bytes a text says; empty for another form, and for more than 2^63-1. */
  public static OptionalLong bytes(String text) {
    Matcher matcher = FORM.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return OptionalLong.empty();
    }
    String unit = matcher.group(2);
    int shift = unit.isEmpty() ? 0 : 10 * "bkmgt".indexOf(unit);
    long number = Long.parseLong(matcher.group(1));
    return number > Long.MAX_VALUE >> shift
        ? OptionalLong.empty()
        : OptionalLong.of(number << shift);
  }

  /** A number of bytes for people: {@code 1.2 GiB}. */
  public static String text(long bytes) {
    int unit = 0;
    double number = bytes;
    while (Math.abs(number) >= 1023.95 && unit < UNITS.length() - 1) {
      number /= 1024;
      unit++;
    }
    return unit == 0
        ? bytes + " B"
        : String.format(Locale.ROOT, "%.1f %siB", number, UNITS.charAt(unit));
  }
}
