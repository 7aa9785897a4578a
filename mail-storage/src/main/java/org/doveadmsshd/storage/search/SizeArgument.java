package org.doveadmsshd.storage.search;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A size: a number and a unit, {@code 100}, {@code 1k}, {@code 10 MiB}; units are powers of 1024.
 */
final class SizeArgument {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,18}) *([bkmgt]?)i?b?");

  private SizeArgument() {}

  static long parse(String text) throws QueryException {
    Matcher matcher = FORM.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new QueryException("Invalid size: " + text + " (try 500k or 2M)");
    }
    String unit = matcher.group(2);
    int shift = unit.isEmpty() ? 0 : 10 * "bkmgt".indexOf(unit);
    long number = Long.parseLong(matcher.group(1));
    if (number > Long.MAX_VALUE >> shift) {
      throw new QueryException("Invalid size: " + text + " (too large)");
    }
    return number << shift;
  }
}
