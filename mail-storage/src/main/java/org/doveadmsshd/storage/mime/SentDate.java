package org.doveadmsshd.storage.mime;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.doveadmsshd.storage.mime.FieldReader.Next;

/**
 * The Date field of a mail (RFC 5322 section 3.3, and the older forms of section 4.3), as far as
 * Dovecot reads it (its lib-mail/message-date).
 *
 * @param seconds the instant, seconds since 1970
 * @param offsetSeconds of the zone it was written in, east of UTC
 */
public record SentDate(long seconds, int offsetSeconds) {
  /** The date that stands for an unreadable one. */
  public static final SentDate NONE = new SentDate(0, 0);

  private static final List<String> MONTHS =
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

  /** Seconds since 1970 as if the clock of the sender's wall showed UTC. */
  public long wallClock() {
    return seconds + offsetSeconds;
  }

  /** Reads a field value; nothing when it is no date. */
  public static Optional<SentDate> parse(String value) {
    try {
      return Optional.of(new Parser(value.replace("\0", FieldReader.REPLACEMENT)).parse());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static final class Parser {
    private final FieldReader in;
    private final StringBuilder word = new StringBuilder();

    Parser(String value) {
      in = new FieldReader(value);
    }

    SentDate parse() {
      in.skipSpace();
      next();
      if (word.length() == 3) { // the day of the week, three letters and nothing else
        require(in.is(','));
        in.skip();
        in.skipSpace();
        next();
      }
      int day = number(1, 2);
      int month = month();
      int year = year();
      next();
      int hour = number(1, 2);
      require(isTimeSeparator());
      int minute = timePart();
      int second = isTimeSeparator() ? timePart() : 0;
      int offset = in.atEnd() ? 0 : zone();
      LocalDateTime time =
          LocalDateTime.of(year, month, day, hour, minute, second == 60 ? 59 : second);
      return new SentDate(time.toEpochSecond(ZoneOffset.UTC) - offset, offset);
    }

    private static void require(boolean holds) {
      if (!holds) {
        throw new DateTimeException("not a date");
      }
    }

    /** Reads one word, of which there must be one. */
    private void next() {
      word.setLength(0);
      require(in.atom(word) != Next.BROKEN);
    }

    private int number(int least, int most) {
      require(word.length() >= least && word.length() <= most);
      int number = 0;
      for (int i = 0; i < word.length(); i++) {
        char c = word.charAt(i);
        require(c >= '0' && c <= '9');
        number = 10 * number + c - '0';
      }
      return number;
    }

    private int month() {
      next();
      require(word.length() >= 3);
      return MONTHS.indexOf(word.substring(0, 3).toLowerCase(Locale.ROOT)) + 1;
    }

    private int year() {
      next();
      require(word.length() != 3);
      int year = number(2, 4);
      if (word.length() == 2) {
        return year < 70 ? 2000 + year : 1900 + year;
      }
      require(year >= 1900);
      return year;
    }

    /** Dots are as good as colons. */
    private boolean isTimeSeparator() {
      return in.is(':') || in.is('.');
    }

    private int timePart() {
      in.skip();
      in.skipSpace();
      next();
      return number(2, 2);
    }

    /** Seconds east of UTC; 0 for an unknown zone. */
    private int zone() {
      next();
      String zone = word.toString();
      if (zone.length() == 1) {
        return 3600 * military(zone.charAt(0));
      }
      char sign = zone.charAt(0);
      if (zone.length() == 5 && (sign == '+' || sign == '-')) {
        word.deleteCharAt(0);
        boolean digits = word.chars().allMatch(c -> c >= '0' && c <= '9');
        int minutes = digits ? number(4, 4) / 100 * 60 + number(4, 4) % 100 : 0;
        return 60 * (sign == '+' ? minutes : -minutes);
      }
      return zone.length() == 3 && zone.charAt(2) == 'T' ? 3600 * american(zone) : 0;
    }

    /** A to Z without J: what they meant before RFC 822 had it the other way round. */
    private static int military(char zone) {
      char upper = Character.toUpperCase(zone);
      if (upper < 'J') {
        return zone - 'A' + 1;
      }
      if (upper == 'J' || upper >= 'Z') {
        return 0;
      }
      return upper <= 'M' ? zone - 'A' : 'M' - zone;
    }

    private static int american(String zone) {
      int standard = "ECMP".indexOf(Character.toUpperCase(zone.charAt(0)));
      char kind = Character.toUpperCase(zone.charAt(1));
      boolean known = standard >= 0 && (kind == 'S' || kind == 'D');
      return known ? -5 - standard + (kind == 'D' ? 1 : 0) : 0;
    }
  }
}
