package org.doveadmsshd.storage.search;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of words that are no query. */
class QueryParserTest {
  private static Query parse(String query) throws QueryException {
    return QueryParser.parse(List.of(query.split(" ")), Instant.EPOCH, () -> ZoneOffset.UTC);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "nosuch # Unknown search key: nosuch (doveadm help search keys lists them)",
        "seen ) # Unexpected ')' in the search query",
        "( seen # Missing ')' in the search query",
        "( ) # No search parameters inside list",
        "( seen or ) # Missing search key after OR",
        "or seen # OR stands between two search keys: A OR B",
        "seen or or flagged # OR stands between two search keys: A OR B",
        "seen or # Missing search key after OR",
        "seen flagged or draft # Use parenthesis when mixing ANDs and ORs",
        "seen or flagged draft # Use parenthesis when mixing ANDs and ORs",
        "not # Missing search key after NOT",
        "( not ) # Missing search key after NOT",
        "fuzzy # Missing search key after FUZZY",
        "inthread refs # Missing search key after INTHREAD",
        "inthread # Missing parameter for search key inthread",
        "inthread orderedsubject all # Unknown thread algorithm: orderedsubject (REFERENCES or"
            + " REFS)",
        "Subject # Missing parameter for search key Subject",
        "header subject # Missing parameter for search key header",
        "from \ufffd # The argument of from is not valid UTF-8",
        "mimepart header \ufffd x # The argument of header is not valid UTF-8",
        "larger x # Invalid size: x (try 500k or 2M)",
        "smaller 5kk # Invalid size: 5kk (try 500k or 2M)",
        "uid 0 # Invalid UID messageset: 0 (try 7, 1:100 or 5,8:*)",
        "x-real-uid a # Invalid UID messageset: a (try 7, 1:100 or 5,8:*)",
        "0:5 # Invalid sequence set: 0:5 (try 7, 1:100 or 5,8:*)",
        "1,,2 # Invalid sequence set: 1,,2 (try 7, 1:100 or 5,8:*)",
        "older 0 # Invalid search interval: 0 (seconds, at least 1)",
        "younger 1d # Invalid search interval: 1d (seconds, at least 1)",
        "older 1234567890123 # Invalid search interval: 1234567890123 (seconds, at least 1)",
        "modseq 2 # MODSEQ 2 cannot be answered: only Dovecot's index knows modification sequences",
        "modseq 10 # MODSEQ 10 cannot be answered: only Dovecot's index knows modification"
            + " sequences",
        "modseq x # Invalid MODSEQ value: x",
        "modseq /flags/seen each 1 # Invalid MODSEQ type: each (priv, shared or all)",
        "modseq /flags/seen # Missing parameter for search key modseq",
        "modseq /flags/seen all # Missing parameter for search key modseq",
        "mimepart # Missing MIMEPART search key",
        "( mimepart ) # Missing MIMEPART search key",
        "mimepart not # Missing MIMEPART search key",
        "mimepart ( ) # No search parameters inside list",
        "mimepart ( type text # Missing ')' in the search query",
        "mimepart disposition attachment # DISPOSITION needs TYPE or PARAM before what is looked"
            + " for",
        "mimepart filename a.pdf # FILENAME needs IS, CONTAINS, BEGINS or ENDS before the name",
        "mimepart depth x # Invalid number: x",
        "mimepart depth min -1 # Invalid number: -1",
        "mimepart index 1234567890 # Invalid number: 1234567890",
        "mimepart size larger # Missing parameter for search key size",
        "mimepart size 5x # Invalid size: 5x (try 500k or 2M)",
        "mimepart sentbefore never # Invalid date: never (try 30d, 2weeks, 2026-01-31, 31-Jan-2026"
            + " or a unix time)",
      })
  void aWordThatIsWrongIsNamedAndSomethingRightIsShown(String query, String message) {
    assertThatThrownBy(() -> parse(query.strip()))
        .isInstanceOf(QueryException.class)
        .hasMessage(message.strip());
  }

  @Test
  void anUnknownKeyOfPartsIsAnsweredWithThoseThereAre() {
    assertThatThrownBy(() -> parse("mimepart exists"))
        .hasMessageStartingWith(
            "Unknown MIMEPART search key: exists (there are: BCC BODY CC CHILD ")
        .hasMessageEndingWith(" TYPE)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "modseq 0",
        "modseq 1",
        "modseq /flags/seen priv 1",
        "modseq /flags/seen Shared 0",
        "modseq /flags/seen ALL 1",
        "older 1",
        "younger 999999999999",
        "x-mailbox &bad",
        "guid )",
        "header ( )",
        "subject or",
        "body not",
        "inthread ReFs ( seen or draft )",
        "mimepart ( depth MIN 1 depth max 3 index 0 )",
        "mimepart not or ( type text ) child exists",
      })
  void whatFollowsAKeyIsItsArgumentWhateverTheWord(String query) {
    assertThatCode(() -> parse(query)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({"'( ', ' )'", "'not ', ''", "'fuzzy ', ''", "'inthread refs ', ''"})
  void keysMayBeNestedTwoHundredLevelsDeep(String open, String close) throws Failure {
    parse(open.repeat(199) + "all" + close.repeat(199));
    assertThatThrownBy(() -> parse(open.repeat(200) + "all" + close.repeat(200)))
        .hasMessage("The search query is nested too deeply");
  }

  @Test
  void keysOfPartsMayBeNestedAsDeepTogetherWithWhatTheyStandIn() throws Failure {
    String inner = "( ".repeat(198) + "type text" + " )".repeat(198);
    parse("mimepart " + inner);
    assertThatThrownBy(() -> parse("mimepart ( " + inner + " )"))
        .hasMessage("The search query is nested too deeply");
  }

  @Test
  void keysBesideEachOtherAreNotDeep() throws Failure {
    assertThatCode(() -> parse("( not seen ) ".repeat(300).strip())).doesNotThrowAnyException();
    assertThatCode(() -> parse("mimepart ( " + "( type text ) ".repeat(300) + ")"))
        .doesNotThrowAnyException();
  }
}
