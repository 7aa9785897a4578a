package org.doveadmsshd.console.line;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Term;
import org.doveadmsshd.command.Command;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.storage.search.QueryGuide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is expected at the cursor, and what the words are. */
class TypedLineTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      value = {
        "¦ → COMMAND",
        "sea¦ → COMMAND",
        "doveadm ¦ → COMMAND",
        "-f ¦ → CHOICE",
        "-f tab ¦ → COMMAND",
        "mailbox ¦ → COMMAND",
        "mailbox sta¦ tus → COMMAND",
        "mailbox status ¦ → FIELDS",
        "mailbox status messages ¦ → MAILBOX_MASK",
        "mailbox rename ¦ → MAILBOX",
        "mailbox rename a ¦ → NEW_MAILBOX",
        "search ¦ → SEARCH_KEY",
        "search -u ¦ → USER_MASK",
        "search --user al¦ → USER_MASK",
        "search -u alice ¦ → SEARCH_KEY",
        "search --timeout ¦ all → SPAN",
        "search mailbox ¦ → MAILBOX_MASK",
        "search mailbox INBOX ¦ → SEARCH_KEY",
        "search not ¦ → SEARCH_KEY",
        "search not ( or ¦ → SEARCH_KEY",
        "search ( from ¦ → TEXT",
        "search ( from x ) since ¦ → DATE",
        "search SAVEDBEFORE ¦ → DATE",
        "search larger ¦ → SIZE",
        "search header ¦ → TEXT",
        "search header subject ¦ → TEXT",
        "search nonsense ¦ → SEARCH_KEY",
        "search mimepart ¦ → PART_KEY",
        "search mimepart ( size ¦ → SIZE",
        "search mimepart ( size larger 1M ¦ → PART_KEY",
        "search mimepart ( size larger 1M ) ¦ → SEARCH_KEY",
        "fetch ¦ → FIELDS",
        "fetch 'uid fl¦ags' all → FIELDS",
        "fetch 'uid flags' ¦ → SEARCH_KEY",
        "flags add ¦ → FLAGS",
        "copy ¦ → MAILBOX",
        "copy x user ¦ → USER",
        "copy x user bob ¦ → SEARCH_KEY",
        "batch -A : ¦ → COMMAND",
        "batch -A : expunge mailbox ¦ → MAILBOX_MASK",
        "batch -A : expunge mailbox x : ¦ → COMMAND",
        "batch -A : expunge mailbox x : quota recalc : search since ¦ → DATE",
        "use ¦ → USER_MASK",
        "watch ¦ → SPAN",
        "watch 5s ¦ → COMMAND",
        "watch 5s search since ¦ → DATE",
        "watch 5s search subject 5s since ¦ → DATE",
        "help ¦ → TOPIC",
        "help mailbox ¦ → TOPIC",
      })
  void theCatalogSaysWhatIsExpected(String line, Argument.Kind kind) {
    assertThat(Cursor.in(line).arguments()).extracting(Argument::kind).contains(kind);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serach ¦",
        "serach mailbox ¦",
        "mailbox nonsense ¦",
        "mailbox rename a b ¦",
        "search mimepart filename ¦",
        "# sea¦",
        "search all # or ¦",
        "save <<END ¦",
      })
  void whereNoArgumentCanStandNoneIsExpected(String line) {
    assertThat(Cursor.in(line).arguments()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      value = {
        "doveadm search ¦ → COMMAND COMMAND",
        "-f tab search ¦ → OPTION ARGUMENT COMMAND",
        "mailbox list -u alice '*' ¦ → COMMAND COMMAND OPTION ARGUMENT ARGUMENT",
        "search -ualice --timeout=5s all ¦ → COMMAND OPTION OPTION KEY",
        "search not ( from or OR 1:5 ) ¦ → COMMAND OPERATOR OPERATOR KEY ARGUMENT OPERATOR KEY"
            + " OPERATOR",
        "search -- -x ¦ → COMMAND OPTION UNKNOWN",
        "search --nonsense all ¦ → COMMAND UNKNOWN KEY",
        "-f tab nonsense all ¦ → OPTION ARGUMENT UNKNOWN UNKNOWN",
      })
  void wordsAreToldApart(String line, String roles) {
    assertThat(Cursor.in(line).typed().roles())
        .extracting(Role::name)
        .containsExactly(roles.split(" "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '^',
      value = {
        "search 'INB¦OX all' → INB → '",
        "search \"a \\\"¦ → a \" → \"",
        "search ¦ all → ^^ → ",
        "search al¦l → al →",
        "search al\\ l¦ x → al l →",
        "¦search → ^^ →",
      })
  void theWordIsKnownAsFarAsTheCursor(String line, String text, String quote) {
    var begun = Cursor.in(line).typed().begun();
    assertThat(begun.text()).isEqualTo(text);
    assertThat(begun.quote()).isEqualTo(quote == null ? 0 : quote.charAt(0));
  }

  static Stream<Term> searchKeys() {
    return QueryGuide.keys().terms().stream();
  }

  @ParameterizedTest
  @MethodSource("searchKeys")
  void everySearchKeyIsReadAsItsExampleShows(Term term) {
    TypedLine line = Cursor.in("search " + term.example() + " ¦").typed();

    assertThat(line.roles()).doesNotContain(Role.UNKNOWN);
    assertThat(line.roles().get(1)).isIn(Role.KEY, Role.OPERATOR);
    assertThat(Mistake.in(line, Village.OF_NOBODY)).isEmpty();
  }

  @Test
  void everyOptionIsExpectedBehindItsCommand() {
    for (Command command : CommandCatalog.all()) {
      TypedLine line = Cursor.in(command.name() + " ¦").typed();

      assertThat(line.roles()).containsOnly(Role.COMMAND);
      assertThat(line.expected().options())
          .extracting(Option::name)
          .containsAll(command.manual().options().stream().map(Option::name).toList());
    }
  }

  @Test
  void everyArgumentOfEveryCommandIsExpectedInItsTurn() {
    for (Command command : CommandCatalog.all()) {
      List<Argument> first = command.manual().synopsis().arguments();
      if (!first.isEmpty() && !first.get(0).kind().isOfSeveralWords()) {
        assertThat(Cursor.in(command.name() + " ¦").arguments())
            .as(command.name())
            .contains(first.get(0));
      }
    }
  }

  @Test
  void theUserOfALineIsTheLastThatIsNamed() {
    assertThat(Cursor.in("search -u alice --user bob all ¦").typed().user()).contains("bob");
    assertThat(Cursor.in("search -ualice all ¦").typed().user()).contains("alice");
    assertThat(Cursor.in("search all ¦ -u carol").typed().user()).contains("carol");
    assertThat(Cursor.in("search -A ¦").typed().user()).isEmpty();
    assertThat(Cursor.in("search -A ¦").typed().choosesUsers()).isTrue();
    assertThat(Cursor.in("search all ¦").typed().choosesUsers()).isFalse();
  }

  @Test
  void aLineThatNobodyTypesIsNotLookedAt() {
    String line = "search all ".repeat(100_000);

    TypedLine typed = TypedLine.of(line, line.length(), Cursor.VOCABULARY);

    assertThat(typed.words()).isEmpty();
    assertThat(typed.expected()).isEqualTo(Expected.NOTHING);
    assertThat(Mistake.in(typed, Village.OF_NOBODY)).isEmpty();
  }

  @Test
  void nestingIsFollowedAsDeepAsQueriesMayBe() {
    for (String word : List.of("( ", "not ", "mimepart ( ", "fuzzy ( not ")) {
      assertThat(Cursor.in("search " + word.repeat(5_000) + "¦").typed().words()).isNotEmpty();
    }
    assertThat(Cursor.in("search " + "( ".repeat(100) + "since ¦").arguments())
        .extracting(Argument::kind)
        .containsExactly(Argument.Kind.DATE);
  }

  @Test
  void partsHaveKeysOfTheirOwn() {
    for (Term term : QueryGuide.partKeys().terms()) {
      TypedLine line = Cursor.in("search mimepart " + part(term) + " ¦").typed();

      assertThat(line.roles()).as(term.name()).doesNotContain(Role.UNKNOWN);
      assertThat(Mistake.in(line, Village.OF_NOBODY)).as(term.name()).isEmpty();
    }
  }

  /** The example without the key that leads to it, where it has one. */
  private static String part(Term term) {
    return term.example().replaceFirst("(?i)^mimepart ", "").replace("<", "").replace(">", "");
  }
}
