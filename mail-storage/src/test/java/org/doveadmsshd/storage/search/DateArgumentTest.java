package org.doveadmsshd.storage.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.mime.SentDate;
import org.doveadmsshd.storage.search.DateArgument.Comparison;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The dates of a query, beyond what is compared with Dovecot in {@link QueriesAsDovecotTest}. */
class DateArgumentTest {
  private static final Instant NOW = Instant.parse("2026-06-15T12:00:00.900Z");

  private static DateArgument date(String text, String zone) throws Failure {
    return DateArgument.parse(text, NOW, ZoneId.of(zone));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-06-01, UTC, 2026-06-01T00:00:00Z",
    "2026-06-01, Europe/Berlin, 2026-05-31T22:00:00Z",
    "2026-01-01, Europe/Berlin, 2025-12-31T23:00:00Z",
    "2026-06-01, Asia/Kolkata, 2026-05-31T18:30:00Z",
    "2026-06-01, America/New_York, 2026-06-01T04:00:00Z",
    "1-Jun-2026, Europe/Berlin, 2026-05-31T22:00:00Z",
    "2000-02-29, UTC, 2000-02-29T00:00:00Z",
    "29-Feb-2000, UTC, 2000-02-29T00:00:00Z",
    "1710000000, Europe/Berlin, 2024-03-09T16:00:00Z",
    "1d, Europe/Berlin, 2026-06-14T12:00:00Z",
    "1s, UTC, 2026-06-15T11:59:59Z",
    "'10-Mar-2024 12:00:00 +0100', UTC, 2024-03-10T11:00:00Z",
    "'1-mar-2024 00:00:00 -0830', Asia/Kolkata, 2024-03-01T08:30:00Z",
  })
  void aDayBeginsAtTheServersMidnightAndAnInstantIsThatAnywhere(
      String text, String zone, Instant expected) throws Failure {
    assertThat(date(text, zone).seconds()).isEqualTo(expected.getEpochSecond());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-02-30",
        "2026-13-01",
        "2026-00-10",
        "2026-6-1",
        "12026-06-01",
        "31-Feb-2026",
        "0-Jan-2026",
        "1-January-2026",
        "1-Jan-26",
        "29-Feb-2026",
        "10-Mar-2024 25:00:00 +0100",
        "10-Mar-2024 12:00:60 +0100",
        "10-Mar-2024 12:00:00",
        "10-Mar-2024 12:00:00 0100",
        "1234567890123456",
        "-5",
        "1500ms",
        "1mon",
        "1y",
        "yesterday",
        "",
        "1 2 3"
      })
  void whatIsNoDateIsRefusedWithExamples(String text) {
    assertThatThrownBy(() -> date(text, "UTC"))
        .isInstanceOf(QueryException.class)
        .hasMessage(
            "Invalid date: " + text + " (try 30d, 2weeks, 2026-01-31, 31-Jan-2026 or a unix time)");
  }

  @ParameterizedTest
  @CsvSource({
    "BEFORE, -1, true",
    "BEFORE, 0, false",
    "BEFORE, 1, false",
    "ON, -1, false",
    "ON, 0, true",
    "ON, 86399, true",
    "ON, 86400, false",
    "SINCE, -1, false",
    "SINCE, 0, true",
    "SINCE, 86400, true",
  })
  void beforeExcludesItsDateAndSinceIncludesIt(Comparison comparison, long later, boolean matches)
      throws Failure {
    DateArgument day = date("2026-06-01", "Europe/Berlin");
    assertThat(day.matches(comparison, day.seconds() + later)).isEqualTo(matches);
    DateArgument instant = date("1780000000", "Europe/Berlin");
    assertThat(instant.matches(comparison, 1_780_000_000 + later)).isEqualTo(matches);
    assertThat(instant.matches(comparison, new SentDate(1_780_000_000 + later, 3600)))
        .isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({"32400, ON, true", "-32400, ON, false", "-32400, BEFORE, true", "0, ON, true"})
  void aDayIsComparedWithTheClockOfTheSender(int offset, Comparison comparison, boolean matches)
      throws Failure {
    long midnight = Instant.parse("2026-06-01T00:00:00Z").getEpochSecond();
    DateArgument day = date("2026-06-01", "Pacific/Kiritimati");
    assertThat(day.matches(comparison, new SentDate(midnight, offset))).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "30 # a number alone is a time in seconds since 1970, here 1970-01-01T00:00:30Z;"
            + " was 30d meant, 30 days ago?",
        "007 # a number alone is a time in seconds since 1970, here 1970-01-01T00:00:07Z;"
            + " was 7d meant, 7 days ago?",
        "0 # a number alone is a time in seconds since 1970, here 1970-01-01T00:00:00Z;"
            + " was 0d meant, 0 days ago?",
        "99999999 # a number alone is a time in seconds since 1970, here 1973-03-03T09:46:39Z;"
            + " was 99999999d meant, 99999999 days ago?",
        "100000000 # that is before there was any mail: 1973-03-03T09:46:40Z",
        "315532799 # that is before there was any mail: 1979-12-31T23:59:59Z",
        "1979-12-31 # that is before there was any mail: 1979-12-31T00:00:00Z",
        "3000weeks # that is before there was any mail: 1968-12-16T12:00:00Z",
      })
  void aDateBeforeThereWasMailIsDoubted(String text, String doubt) throws Failure {
    assertThat(date(text.strip(), "UTC").doubt(text.strip())).contains(doubt.strip());
  }

  @ParameterizedTest
  @ValueSource(strings = {"315532800", "1980-01-01", "30d", "1-Jan-2026", "1710000000"})
  void aDateOfThisAgeIsNotDoubted(String text) throws Failure {
    assertThat(date(text, "UTC").doubt(text)).isEmpty();
  }

  @Test
  void aDoubtIsToldWithTheKeyAndTheWordItIsAbout() throws Failure {
    List<String> doubts = new ArrayList<>();
    List<String> words = List.of("savedbefore", "30", "sentsince", "1d", "mimepart", "senton", "5");
    QueryParser.parse(words, NOW, () -> ZoneOffset.UTC, doubts::add);
    assertThat(doubts).hasSize(2);
    assertThat(doubts.get(0)).startsWith("savedbefore 30: a number alone").contains("30d");
    assertThat(doubts.get(1)).startsWith("senton 5: a number alone").contains("5d");
  }

  @Test
  void theTimeZoneIsAskedForOnlyWhereADateIsNamed() throws Failure {
    List<String> words = List.of("seen", "larger", "5k", "older", "60");
    QueryParser.parse(
        words,
        NOW,
        () -> {
          throw new AssertionError("a time zone takes long to know");
        });
  }
}
