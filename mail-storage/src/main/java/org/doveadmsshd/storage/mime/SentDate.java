package org.doveadmsshd.storage.mime;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The Date field of a mail (RFC 5322 section 3.3, and the older forms of section 4.3).
 *
 * @param seconds the instant, seconds since 1970
 * @param offsetSeconds of the zone it was written in, east of UTC
 */
public record SentDate(long seconds, int offsetSeconds) {
  /** What a mail without a readable date counts as. */
  public static final SentDate NONE = new SentDate(0, 0);

  private static final List<String> MONTHS =
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

  private static final Map<String, Integer> ZONES =
      Map.of(
          "EST", -5, "EDT", -4, "CST", -6, "CDT", -5, "MST", -7, "MDT", -6, "PST", -8, "PDT", -7);

  /** Seconds since 1970 as if the clock of the sender's wall showed UTC. */
  public long wallClock() {
    return seconds + offsetSeconds;
  }

  /** Reads a field value; nothing when it is no date. */
  public static Optional<SentDate> parse(String value) {
    String[] words = withoutComments(value).replace(",", " , ").strip().split("\\s+");
    int at = words.length > 1 && words[1].equals(",") ? 2 : 0;
    if (words.length < at + 4) {
      return Optional.empty();
    }
    try {
      int day = number(words[at], 1, 2);
      int month = month(words[at + 1]);
      int year = year(words[at + 2]);
      String[] clock = words[at + 3].split(":");
      if (clock.length < 2 || clock.length > 3) {
        return Optional.empty();
      }
      int second = clock.length == 3 ? Math.min(number(clock[2], 1, 2), 59) : 0;
      LocalDateTime time =
          LocalDateTime.of(
              year, month, day, number(clock[0], 1, 2), number(clock[1], 1, 2), second);
      int offset = words.length > at + 4 ? offset(words[at + 4]) : 0;
      return Optional.of(new SentDate(time.toEpochSecond(ZoneOffset.UTC) - offset, offset));
    } catch (NumberFormatException | DateTimeException e) {
      return Optional.empty();
    }
  }

  private static String withoutComments(String value) {
    return value.indexOf('(') < 0 ? value : value.replaceAll("\\([^()]*\\)", " ");
  }

  private static int number(String digits, int least, int most) {
    if (digits.length() < least || digits.length() > most || !digits.matches("[0-9]+")) {
      throw new NumberFormatException(digits);
    }
    return Integer.parseInt(digits);
  }

  private static int month(String word) {
    if (word.length() < 3) {
      throw new NumberFormatException(word);
    }
    return MONTHS.indexOf(word.substring(0, 3).toLowerCase(Locale.ROOT)) + 1;
  }

  /** Two and three digits as RFC 5322 section 4.3 reads them. */
  private static int year(String digits) {
    int year = number(digits, 2, 4);
    if (digits.length() == 4) {
      return year;
    }
    return digits.length() == 2 && year < 50 ? 2000 + year : 1900 + year;
  }

  private static int offset(String zone) {
    if (zone.matches("[+-][0-9]{4}")) {
      int minutes =
          Integer.parseInt(zone.substring(1, 3)) * 60 + Integer.parseInt(zone.substring(3));
      return (zone.charAt(0) == '-' ? -60 : 60) * minutes;
    }
    return ZONES.getOrDefault(zone.toUpperCase(Locale.ROOT), 0) * 3600;
  }
}
