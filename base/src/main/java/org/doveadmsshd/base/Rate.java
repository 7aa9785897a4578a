package org.doveadmsshd.base;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * So many in a span of time, as people write it: {@code 50} and {@code 50/s} are fifty a second,
 * {@code 0.5/s} and {@code 30/min} are the same.
 *
 * @param perSecond more than 0; infinite where there is no limit
 */
public record Rate(double perSecond) {
  /** As many as possible. */
  public static final Rate UNLIMITED = new Rate(Double.POSITIVE_INFINITY);

  private static final Pattern TEXT =
      Pattern.compile(
          "([0-9]{1,7}(?:\\.[0-9]{1,6})?)(?: ?/ ?(s|sec|second|m|min|minute|h|hour|d|day))?");

  private static final MathContext DIGITS = new MathContext(3);
  private static final double MOST = 1_000_000;
  private static final double LEAST = 1 / 86_400.0;
  private static final double SECOND_NANOS = 1e9;

  /** Reads a rate; empty for anything else, below one a day, or above a million a second. */
  public static Optional<Rate> of(String text) {
    Matcher matcher = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    double number = Double.parseDouble(matcher.group(1)) / seconds(matcher.group(2));
    return number < LEAST * 0.999 || number > MOST
        ? Optional.empty()
        : Optional.of(new Rate(number));
  }

  private static int seconds(String unit) {
    if (unit == null) {
      return 1;
    }
    return switch (unit.charAt(0)) {
      case 'm' -> 60;
      case 'h' -> 3600;
      case 'd' -> 86_400;
      default -> 1;
    };
  }

  public boolean isLimited() {
    return perSecond < Double.POSITIVE_INFINITY;
  }

  /** Nanoseconds from one to the next; 0 where there is no limit. */
  public long nanosBetween() {
    return (long) (SECOND_NANOS / perSecond);
  }

  /** {@code 50/s}, {@code 30/min}, {@code 12/h}: with the unit in which it is one or more. */
  public String text() {
    if (!isLimited()) {
      return "no limit";
    }
    if (perSecond * 60 < 0.999) {
      return number(perSecond * 3600) + "/h";
    }
    return perSecond < 0.999 ? number(perSecond * 60) + "/min" : number(perSecond) + "/s";
  }

  private static String number(double number) {
    return new BigDecimal(number, DIGITS).stripTrailingZeros().toPlainString();
  }
}
