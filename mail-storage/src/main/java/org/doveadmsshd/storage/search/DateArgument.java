package org.doveadmsshd.storage.search;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.doveadmsshd.storage.mime.SentDate;

/**
 * A date in a query: a calendar day, or an instant.
 *
 * <p>Days are the server's for received and saved dates, and the sender's own for sent dates.
 * Intervals such as {@code 30d} count back from the moment the run began.
 */
public final class DateArgument {
  private static final long DAY = 86_400;

  private static final DateTimeFormatter IMAP_DATE = imap("d-MMM-uuuu");
  private static final DateTimeFormatter IMAP_TIME = imap("d-MMM-uuuu HH:mm:ss xx");
  private static final Pattern INTERVAL = Pattern.compile("([0-9]{1,12}) *([a-z]+)");

  /** Unit names in the order in which an abbreviation is looked up, and their length in ms. */
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

  private record Unit(String name, long millis) {}

  private final LocalDate day;
  private final long seconds;

  private DateArgument(LocalDate day, long seconds) {
    this.day = day;
    this.seconds = seconds;
  }

  private static DateTimeFormatter imap(String pattern) {
    return new DateTimeFormatterBuilder()
        .parseCaseInsensitive()
        .appendPattern(pattern)
        .toFormatter(Locale.ENGLISH)
        .withResolverStyle(java.time.format.ResolverStyle.STRICT);
  }

  /**
   * Reads a date in any of the accepted forms.
   *
   * @param now what intervals count back from
   * @param zone whose midnight begins a day of received and saved dates
   */
  public static DateArgument parse(String text, Instant now, ZoneId zone) throws QueryException {
    Optional<LocalDate> day = day(text.strip());
    if (day.isPresent()) {
      return new DateArgument(day.get(), day.get().atStartOfDay(zone).toEpochSecond());
    }
    Optional<Long> instant = instant(text.strip(), now);
    if (instant.isPresent()) {
      return new DateArgument(null, instant.get());
    }
    throw new QueryException(
        "Invalid date: " + text + " (try 30d, 2weeks, 2026-01-31, 31-Jan-2026 or a unix time)");
  }

  private static Optional<LocalDate> day(String text) {
    try {
      if (text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}")) {
        return Optional.of(LocalDate.parse(text));
      }
      if (text.matches("[0-9]{1,2}-[A-Za-z]{3}-[0-9]{4}")) {
        return Optional.of(LocalDate.parse(text, IMAP_DATE));
      }
      return Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Optional<Long> instant(String text, Instant now) {
    if (text.matches("[0-9]{1,15}")) {
      return Optional.of(Long.parseLong(text));
    }
    if (text.matches("[0-9]{1,2}-[A-Za-z]{3}-[0-9]{4} [0-9:]{8} [+-][0-9]{4}")) {
      try {
        return Optional.of(OffsetDateTime.parse(text, IMAP_TIME).toEpochSecond());
      } catch (DateTimeException e) {
        return Optional.empty();
      }
    }
    Matcher interval = INTERVAL.matcher(text.toLowerCase(Locale.ROOT));
    return interval.matches()
        ? ago(Long.parseLong(interval.group(1)), interval.group(2), now)
        : Optional.empty();
  }

  private static Optional<Long> ago(long number, String word, Instant now) {
    for (Unit unit : UNITS) {
      boolean named = unit.name.startsWith(word) || unit.millis == 1 && word.equals("ms");
      if (named) {
        boolean whole = number <= Long.MAX_VALUE / unit.millis && number * unit.millis % 1000 == 0;
        return whole
            ? Optional.of(now.getEpochSecond() - number * unit.millis / 1000)
            : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** The instant, or the first moment of the day: seconds since 1970. */
  public long seconds() {
    return seconds;
  }

  /** How a date is compared. */
  enum Comparison {
    BEFORE,
    ON,
    SINCE;

    private boolean holds(long date, long limit) {
      return switch (this) {
        case BEFORE -> date < limit;
        case ON -> date >= limit && date < limit + DAY;
        case SINCE -> date >= limit;
      };
    }
  }

  /** Compares a received or saved date, in seconds since 1970. */
  boolean matches(Comparison comparison, long date) {
    return comparison.holds(date, seconds);
  }

  /** Compares a sent date: against a day with the clock of the sender, else as an instant. */
  boolean matches(Comparison comparison, SentDate date) {
    if (day == null) {
      return comparison.holds(date.seconds(), seconds);
    }
    return comparison.holds(date.wallClock(), day.atStartOfDay(ZoneOffset.UTC).toEpochSecond());
  }
}
