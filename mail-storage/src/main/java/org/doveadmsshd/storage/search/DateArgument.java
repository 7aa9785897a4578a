package org.doveadmsshd.storage.search;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.Optional;
import org.doveadmsshd.base.Times;
import org.doveadmsshd.storage.mime.SentDate;

/**
 * A date in a query: a calendar day, or an instant.
 *
 * <p>Days are the server's for received and saved dates, and the sender's own for sent dates.
 * Intervals such as {@code 30d} count back from the moment the run began.
 */
public final class DateArgument {
  private static final long DAY = 86_400;

  /** The year 1980: no mail that is kept is older. */
  private static final long FIRST_MAIL = 315_532_800;

  /** A unix time with fewer digits was before March 1973; it is rather a number of days. */
  private static final int FEW_DIGITS = 8;

  private static final DateTimeFormatter IMAP_DATE = imap("d-MMM-uuuu");
  private static final DateTimeFormatter IMAP_TIME = imap("d-MMM-uuuu HH:mm:ss xx");

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
    return Times.span(text)
        .filter(ago -> ago.toMillisPart() == 0)
        .map(ago -> now.getEpochSecond() - ago.toSeconds());
  }

  /**
   * Why this may not be the date that was meant: it is before there was mail.
   *
   * @param text that it was read from
   */
  public Optional<String> doubt(String text) {
    if (seconds >= FIRST_MAIL) {
      return Optional.empty();
    }
    Instant then = Instant.ofEpochSecond(seconds);
    if (text.strip().matches("[0-9]{1," + FEW_DIGITS + "}")) {
      String days = text.strip().replaceFirst("^0+(?=.)", "");
      return Optional.of(
          "a number alone is a time in seconds since 1970, here %s; was %sd meant, %s days ago?"
              .formatted(then, days, days));
    }
    return Optional.of("that is before there was any mail: %s".formatted(then));
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
