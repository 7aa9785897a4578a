package org.doveadmsshd.storage.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryTurns;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.compression.CompressionRules;
import org.doveadmsshd.storage.maildir.MaildirStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which mailboxes a query is asked in. */
class MailboxSelectionTest {
  @TempDir Path home;

  private static Query parse(String query) throws QueryException {
    return QueryParser.parse(List.of(query.split(" ")), Instant.EPOCH, () -> ZoneOffset.UTC);
  }

  /** With the mailboxes INBOX, Archive.2024, Trash and Trash.old; Archive is only a parent. */
  private MailStore store() throws Failure, IOException {
    for (String folder : List.of("", ".Archive.2024", ".Trash", ".Trash.old")) {
      for (String part : List.of("cur", "new", "tmp")) {
        Files.createDirectories(home.resolve("Maildir").resolve(folder).resolve(part));
      }
    }
    return MaildirStore.open(
        home,
        List.of("Maildir"),
        new MaildirStore.Context(
            Duration.ofSeconds(20),
            () -> {},
            warning -> {},
            QuotaRules.NONE,
            CompressionRules.NONE,
            Optional.empty(),
            MemoryTurns.unlimited().holder()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "seen # INBOX Archive.2024 Trash Trash.old",
        "mailbox Trash # Trash",
        "mailbox Trash seen # Trash",
        "mailbox trash # trash",
        "mailbox NoSuch # NoSuch",
        "mailbox Archive # Archive",
        "seen ( flagged mailbox Trash ) # Trash",
        "mailbox Trash* # Trash Trash.old",
        "mailbox Trash% # Trash",
        "mailbox * # INBOX Archive.2024 Trash Trash.old",
        "mailbox % # INBOX Trash",
        "mailbox Archive% # ''",
        "mailbox Archive.% # Archive.2024",
        "mailbox Trash or mailbox INBOX # INBOX Trash",
        "mailbox Trash or seen # INBOX Archive.2024 Trash Trash.old",
        "not mailbox Trash # INBOX Archive.2024 Trash.old",
        "not mailbox Trash* # INBOX Archive.2024",
        "not mailbox Trash not mailbox INBOX # Archive.2024 Trash.old",
        "mailbox Tr* not mailbox Trash # Trash.old",
        "mailbox-guid 00 # INBOX Archive.2024 Trash Trash.old",
        "mailbox-guid 00 or seen # INBOX Archive.2024 Trash Trash.old",
        "mailbox-guid 00 mailbox Trash # Trash",
        "$ # ''",
        "x-mailbox Tr% # Trash",
        "x-mailbox Entw&APw-rfe # Entwürfe",
        "x-mailbox &bad # &bad",
      })
  void onlyMailboxesInWhichSomethingMayMatchAreOpened(String query, String names) throws Exception {
    try (MailStore store = store()) {
      List<String> expected = names.isBlank() ? List.of() : List.of(names.strip().split(" "));
      assertThat(MailboxSelection.of(parse(query.strip())).names(store))
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "seen mailbox-guid 00, true",
    "mailbox-guid 00, false",
    "mailbox a body x, true",
    "mailbox * all, true",
    "mailbox a ( seen or ( flagged draft ) ), true",
    "( mailbox a or mailbox b ) seen, true",
    "( mailbox a or seen ) seen, false",
    "( mailbox a seen ) or ( mailbox b flagged ) or mailbox c, false",
    "mailbox a not seen, true",
    "mailbox a not mailbox b, false",
    "not mailbox a, false",
    "not ( mailbox a seen ), false",
    "mailbox a not ( mailbox b seen ), true",
    "mailbox a not ( mailbox b or seen ), false",
    "mailbox a inthread refs seen, true",
    "inthread refs ( mailbox a seen ), false",
    "mailbox a 1:5, true",
    "all, false",
    "mailbox a $, true",
    "mailbox a mimepart type text, true",
  })
  void aQueryIsSafeToExpungeWhereEveryBranchNamesAMailboxAndSomethingElse(
      String query, boolean safe) throws Failure {
    assertThat(MailboxSelection.isSafeToExpunge(parse(query))).isEqualTo(safe);
  }

  @Test
  void severalMasksTakeWhatOneOfThemTakes() {
    Predicate<String> masks = name -> matches(List.of("Trash", "Archive.*"), name);
    assertThat(masks).accepts("Trash", "Archive.2024").rejects("INBOX", "Archive", "Trash.old");
    Predicate<String> none = name -> matches(List.of(), name);
    assertThat(none).rejects("INBOX", "");
  }

  private static boolean matches(List<String> masks, String name) {
    return MailboxPattern.anyMatches(masks, new MailStore.ListedName(name, true));
  }

  @Test
  void aSpecialUseMatchesWhatIsConfiguredForIt() {
    MailStore.ListedName trash =
        new MailStore.ListedName("INBOX/Trash", true, '/', Set.of("\\Trash"));
    assertThat(new MailboxPattern("\\Trash").matches(trash)).isTrue();
    assertThat(new MailboxPattern("\\trash").matches(trash)).isTrue();
    assertThat(new MailboxPattern("\\Sent").matches(trash)).isFalse();
    assertThat(new MailboxPattern("%").matches(trash)).isFalse();
    assertThat(new MailboxPattern("%/%").matches(trash)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "a*, true",
    "*a, true",
    "%, true",
    "a%b, true",
    "a, false",
    "'', false",
    "a.b, false",
    "inbox, false",
    "?, false"
  })
  void starsAndPercentSignsMakeAPattern(String text, boolean pattern) {
    assertThat(new MailboxPattern(text).hasWildcard()).isEqualTo(pattern);
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', true",
    "'', a, false",
    "*, '', true",
    "%, '', true",
    "a*, a, true",
    "a*b, ab, true",
    "a*b, a.b, true",
    "a%b, a.b, false",
    "a%b, axb, true",
    "*.b, a.x.b, true",
    "%.b, a.x.b, false",
    "a*a, a, false",
    "inbox.x, INBOX.x, false",
    "inb*, INBOX, true",
    "INBOX, inbox, false",
    "%b%, abc, true",
    "äö*, äöü, true",
  })
  void aPatternIsMatchedWhole(String pattern, String name, boolean matches) {
    assertThat(new MailboxPattern(pattern).matches(name)).isEqualTo(matches);
  }
}
