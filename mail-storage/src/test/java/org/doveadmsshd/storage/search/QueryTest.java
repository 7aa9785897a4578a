package org.doveadmsshd.storage.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Flags;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {
  private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static Query parse(String words) throws QueryException {
    return QueryParser.parse(List.of(words.split(" ")), NOW, () -> BERLIN);
  }

  private static boolean matches(String query, FakeMail mail) throws Failure {
    return Plan.of(parse(query), "INBOX").matches(new Candidate(3).take(mail));
  }

  private static FakeMail seen() {
    FakeMail mail = new FakeMail();
    mail.flags = Flags.of(List.of(Flag.SEEN), List.of("$Forwarded"));
    return mail;
  }

  @ParameterizedTest
  @CsvSource({
    "all, true",
    "seen, true",
    "UnSeen, false",
    "not seen, false",
    "not not seen, true",
    "seen flagged, false",
    "seen or flagged, true",
    "( seen flagged ) or not flagged, true",
    "not ( seen or flagged ), false",
    "keyword $forwarded, true",
    "unkeyword Junk, true",
    "uid 1:5, true",
    "uid 5:1, true",
    "uid *, false",
    "uid 1:*, true",
    "mailbox INBOX, true",
    "mailbox inb%, true",
    "mailbox Trash, false",
    "not mailbox Trash, true",
    "not ( seen flagged ), true",
    "not seen or not flagged, true",
  })
  void keysAndGroups(String query, boolean expected) throws Failure {
    assertThat(matches(query, seen())).isEqualTo(expected);
  }

  @Test
  void aStarAmongSequenceNumbersIsTheLastMail() throws Failure {
    FakeMail last = new FakeMail();
    last.sequence = 3;
    assertThat(matches("*", last)).isTrue();
    assertThat(matches("*", new FakeMail())).isFalse();
    assertThat(matches("1,3", last)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nosuch",
        "seen or",
        "or seen flagged",
        "seen flagged or deleted",
        "seen or flagged deleted",
        "( seen",
        "seen )",
        "( )",
        "not",
        "subject",
        "larger abc",
        "larger 5X",
        "uid 0",
        "uid abc",
        "uid 1:2:3",
        "before yesterday",
        "before 2026-02-30",
        "before 1mon",
        "before 1y",
        "older 0",
        "subject gr\ufffdn"
      })
  void whatIsNoQueryIsRefusedWithDoveadmsExitCode(String query) {
    assertThatThrownBy(() -> parse(query))
        .isInstanceOfSatisfying(
            QueryException.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(75));
  }

  @Test
  void nestingHasALimit() {
    String deep = "( ".repeat(300) + "all" + " )".repeat(300);
    assertThatThrownBy(() -> parse(deep)).hasMessageContaining("too deeply");
  }

  @ParameterizedTest
  @CsvSource({
    "2026-06-01, 2026-05-31T22:00:00Z",
    "1-Jun-2026, 2026-05-31T22:00:00Z",
    "01-jun-2026, 2026-05-31T22:00:00Z",
    "30, 1970-01-01T00:00:30Z",
    "1710000000, 2024-03-09T16:00:00Z",
    "30d, 2026-05-16T12:00:00Z",
    "2weeks, 2026-06-01T12:00:00Z",
    "2 WEEKS, 2026-06-01T12:00:00Z",
    "90m, 2026-06-15T10:30:00Z",
    "1h, 2026-06-15T11:00:00Z",
    "10s, 2026-06-15T11:59:50Z",
    "5000ms, 2026-06-15T11:59:55Z",
    "10-Mar-2024 12:00:00 +0100, 2024-03-10T11:00:00Z",
  })
  void everyFormOfDateMeansOneInstant(String text, Instant expected) throws Failure {
    DateArgument date = DateArgument.parse(text, NOW, BERLIN);
    long limit = expected.getEpochSecond();
    assertThat(date.matches(DateArgument.Comparison.BEFORE, limit - 1)).isTrue();
    assertThat(date.matches(DateArgument.Comparison.BEFORE, limit)).isFalse();
    assertThat(date.matches(DateArgument.Comparison.SINCE, limit)).isTrue();
    assertThat(date.matches(DateArgument.Comparison.ON, limit + 86_399)).isTrue();
    assertThat(date.matches(DateArgument.Comparison.ON, limit + 86_400)).isFalse();
  }

  @Test
  void sentDatesAreComparedByTheSendersCalendar() throws Failure {
    FakeMail mail = FakeMail.of("Date: Mon, 1 Jun 2026 01:30:00 +0900\n\n");
    assertThat(matches("senton 2026-06-01", mail)).isTrue();
    assertThat(matches("senton 2026-05-31", mail)).isFalse();
    long instant = LocalDate.of(2026, 5, 31).atTime(16, 30).toEpochSecond(ZoneOffset.UTC);
    assertThat(matches("sentbefore " + instant, mail)).isFalse();
    assertThat(matches("sentbefore " + (instant + 1), mail)).isTrue();
  }

  @Test
  void cheapKeysAreAskedFirstWhateverTheirOrder() throws Failure {
    FakeMail mail = seen();
    assertThat(matches("body x larger 5 unseen", mail)).isFalse();
    assertThat(mail.looks).containsExactly("flags");
    mail.looks.clear();
    assertThat(matches("body x or subject y or seen", mail)).isTrue();
    assertThat(mail.looks).containsExactly("flags");
  }

  @Test
  void aMailIsReadOnceForSeveralKeys() throws Failure {
    FakeMail mail = FakeMail.of("Subject: one\n\ntwo three\n");
    assertThat(matches("subject one body two text three body three", mail)).isTrue();
    assertThat(mail.looks).containsExactly("open", "close");
  }

  @ParameterizedTest
  @CsvSource({
    "mailbox Trash savedbefore 30d, true",
    "mailbox Trash all, true",
    "mailbox Trash ( seen or flagged ), true",
    "( mailbox Trash seen ) or ( mailbox Junk all ), true",
    "mailbox Trash, false",
    "savedbefore 30d, false",
    "( mailbox Trash seen ) or flagged, false",
    "mailbox Trash or mailbox Junk, false",
    "not mailbox INBOX seen, false",
  })
  void expungeWantsAMailboxAndSomethingElseInEveryBranch(String query, boolean safe)
      throws Failure {
    assertThat(MailboxSelection.isSafeToExpunge(parse(query))).isEqualTo(safe);
  }

  private static final String PARTS =
      """
      Content-Type: multipart/mixed; boundary=b

      --b
      Content-Type: text/plain
      X-Scan: clean

      hello
      --b
      Content-Type: application/pdf; name=report.pdf
      Content-Disposition: attachment; filename=report.pdf
      X-Scan: infected

      JVBERi0=
      --b--
      """;

  @ParameterizedTest
  @CsvSource({
    "mimepart header x-scan clean, true",
    "mimepart ( header x-scan clean type text ), true",
    "mimepart ( header x-scan clean type application ), false",
    "header x-scan clean, false",
    "mimepart ( type application subtype pdf ), true",
    "mimepart ( type application subtype zip ), false",
    "mimepart ( body hello type text ), true",
    "mimepart ( body hello type application ), false",
    "mimepart filename ends .pdf, true",
    "mimepart filename ends .exe, false",
    "mimepart filename is report.pdf, true",
    "mimepart ( index 2 type application ), true",
    "mimepart ( index 2 type text ), false",
    "mimepart ( depth 1 type text ), true",
    "mimepart ( depth 2 type text ), false",
    "mimepart ( parent type multipart header x-scan infected ), true",
    "mimepart ( type multipart child header x-scan infected ), true",
    "mimepart child header x-scan dubious, false",
    "mimepart ( disposition type attachment disposition param filename report.pdf ), true",
  })
  void keysAboutPartsLookAtEachPart(String query, boolean expected) throws Failure {
    assertThat(matches(query, FakeMail.of(PARTS))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mimepart ( type text or type application )",
        "mimepart or type text",
        "mimepart disposition attachment",
        "mimepart exists"
      })
  void keysAboutPartsAreOrderedAsInImap(String query) {
    assertThatThrownBy(() -> parse(query)).isInstanceOf(QueryException.class);
  }

  @Test
  void partsInsidePartsAreLookedAtOnceHoweverManyKeysAskForThem() throws Failure {
    StringBuilder mail = new StringBuilder();
    for (int i = 0; i < 90; i++) {
      mail.append("Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n".formatted(i, i));
    }
    String query = "mimepart " + "child ".repeat(60) + "subtype nosuch";
    assertThat(matches(query, FakeMail.of(mail.append("\nx\n").toString()))).isFalse();
  }

  @Test
  void aMailboxThatIsNamedIsOpenedWithoutListing() throws Failure {
    assertThat(MailboxSelection.of(parse("seen mailbox Trash")).single()).contains("Trash");
    assertThat(MailboxSelection.of(parse("mailbox Tr*")).single()).isEmpty();
    assertThat(MailboxSelection.of(parse("mailbox A or mailbox B")).single()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "*, a.b.c, true",
    "%, a.b, false",
    "%, a, true",
    "a.%, a.b, true",
    "a.%, a.b.c, false",
    "a*c, a.b.c, true",
    "%.b, a.b, true",
    "inbox, INBOX, true",
    "INBOX.*, INBOX.x, true",
    "trash, Trash, false",
    "**%*, a.b, true",
    "a, ab, false",
    "ab, a, false"
  })
  void mailboxPatterns(String pattern, String name, boolean expected) {
    assertThat(new MailboxPattern(pattern).matches(name)).isEqualTo(expected);
  }

  @Test
  void aPatternMadeToHurtIsMatchedQuickly() {
    assertThat(new MailboxPattern("*a%".repeat(100) + "b").matches("a".repeat(250))).isFalse();
  }
}
