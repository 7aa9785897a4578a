package org.doveadmsshd.base;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Spans of time as people write them: a number and a unit, {@code 30s}, {@code 5 mins}, {@code 2
 * weeks}. A unit may be cut short, as in Dovecot (lib-settings, settings_get_time): {@code m} and
 * {@code min} are minutes, {@code ms} is milliseconds.
 */
public final class Times {
  /** In the order in which a shortened unit is looked up. */
  private static final List<Unit> UNITS =
      List.of(
          new Unit("secs", 1000L),
          new Unit("seconds", 1000L),
          new Unit("mins", 60_000L),
          new Unit("minutes", 60_000L),
          new Unit("msecs", 1L),
          new Unit("mseconds", 1L),
          new Unit("hours", 3_600_000L),
          new Unit("days", 86_400_000L),
          new Unit("weeks", 604_800_000L));

  private static final int MAX_DIGITS = 12;

  private record Unit(String name, long millis) {
    private boolean isMeantBy(String word) {
      return name.startsWith(word) || millis == 1 && word.equals("ms");
    }
  }

  private Times() {}

  /** Reads a time. Empty for a text without a unit, with an unknown one, or past 2^63 ms. */
  public static Optional<Duration> span(String text) {
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    String word = text.substring(digits).strip().toLowerCase(Locale.ROOT);
    if (digits == 0 || digits > MAX_DIGITS || word.isEmpty()) {
      return Optional.empty();
    }
    long number = Long.parseLong(text.substring(0, digits));
    for (Unit unit : UNITS) {
      if (unit.isMeantBy(word)) {
        return number > Long.MAX_VALUE / unit.millis
            ? Optional.empty()
            : Optional.of(Duration.ofMillis(number * unit.millis));
      }
    }
    return Optional.empty();
  }

  /** As {@link #span}; a number alone is seconds. */
  public static Optional<Duration> spanOrSeconds(String text) {
    return span(text.matches("[0-9]{1,12}") ? text + "s" : text);
  }
}
