package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the one string that an ssh client sends. */
class CommandLineTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "doveadm mailbox create -u U Foo && doveadm mailbox subscribe -u U Foo",
        "doveadm mailbox list -u U | grep Tr",
        "doveadm mailbox list -u U || true",
        "doveadm mailbox list -u U |& cat",
        "doveadm mailbox list -u U &",
        "doveadm mailbox list -u U # all",
        "doveadm mailbox list -u U ; doveadm who",
        "doveadm mailbox list -u U; doveadm who",
        "doveadm mailbox list -u 'U'; doveadm who",
        "doveadm mailbox create -u U Foo;",
        "doveadm mailbox list -u U > list",
        "doveadm mailbox list -u U >list",
        "doveadm mailbox list -u U >> list",
        "doveadm mailbox list -u U 2>/dev/null",
        "doveadm mailbox list -u U 2>&1",
        "doveadm mailbox list -u U &>/dev/null",
        "doveadm save -u U < mail",
        "doveadm save -u U <mail",
      })
  void whatOnlyAShellCouldDoIsRefused(String line) {
    assertThatThrownBy(() -> CommandLine.split(line))
        .isInstanceOf(Failure.class)
        .hasMessageStartingWith("No shell of the system reads this line")
        .hasMessageContaining("nothing was done")
        .satisfies(e -> assertThat(((Failure) e).outcome()).isEqualTo(Outcome.USAGE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "search subject '|'",
        "search subject \"&&\"",
        "search subject \\;",
        "search subject 'a;'",
        "search subject \"a;\"",
        "search subject a\\;",
        "search subject '>'x",
        "search subject \\#",
        "search subject a|b",
        "search subject a;b",
        "search subject a#b",
        "search subject a>b",
        "search header x-list-id '<a>'",
        "search ( from a or from b )",
      })
  void whatIsInQuotesOrInsideAWordIsTaken(String line) throws Exception {
    assertThat(CommandLine.split(line)).hasSizeGreaterThan(2);
  }

  @ParameterizedTest
  @CsvSource({
    "last > x, last, x",
    "last >x, last, x",
    "last -f tab >'x y', last -f tab, x y",
    "last >  'x >y', last, x >y",
    "last '>' x, last > x, ",
    "last, last, ",
  })
  void aLineOfTheShellMayEndWithAFile(String line, String words, String file) throws Exception {
    CommandLine typed = CommandLine.ofShell();
    assertThat(typed.add(line)).isTrue();
    assertThat(String.join(" ", typed.words())).isEqualTo(words);
    assertThat(typed.file().orElse(null)).isEqualTo(file);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"last >", "last > a b", "last > a > b", "last >> a", "last 2> a", "last > | a"})
  void nothingElseIsWrittenTo(String line) {
    CommandLine typed = CommandLine.ofShell();
    typed.add(line);
    assertThatThrownBy(typed::words).isInstanceOf(Failure.class);
  }

  @ParameterizedTest
  @CsvSource({
    "fetch all \\G, fetch all, true",
    "fetch all\\G, fetch all, true",
    "'fetch all \\G  ', fetch all, true",
    "\\G, '', true",
    "fetch \\\\G, fetch \\G, false",
    "fetch \\Gx, fetch Gx, false",
    "fetch \\G x, fetch G x, false",
    "fetch \"\\G\", fetch \\G, false",
    "fetch G, fetch G, false",
  })
  void rowsBelowOneAnotherAreAskedForAtTheEndOfALineOfTheShell(
      String line, String words, boolean vertical) throws Exception {
    CommandLine typed = CommandLine.ofShell();
    assertThat(typed.add(line)).isTrue();
    assertThat(String.join(" ", typed.words())).isEqualTo(words);
    assertThat(typed.isVertical()).isEqualTo(vertical);
    assertThat(CommandLine.typed(line).stream().map(Word::text)).isEqualTo(typed.words());
    assertThat(CommandLine.split(line)).hasSameSizeAs(line.strip().split(" +"));
  }

  @Test
  void quotesInsideTellWhatIsMeant() throws Exception {
    assertThat(CommandLine.split("batch ':' search all ';' x"))
        .isEqualTo(List.of("batch", ":", "search", "all", ";", "x"));
    assertThat(CommandLine.split("a '' b")).isEqualTo(List.of("a", "", "b"));
  }

  @Test
  void aLineWithNulIsRefused() {
    assertThatThrownBy(() -> CommandLine.split("dove\0adm help"))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("NUL");
  }

  private static List<Arguments> linesAndWords() {
    return List.of(
        arguments("a b", List.of("a", "b")),
        arguments("  a \t b\n", List.of("a", "b")),
        arguments("'a b' c", List.of("a b", "c")),
        arguments("a'b c'd", List.of("ab cd")),
        arguments("'a'\"b\"", List.of("ab")),
        arguments("'a\\b'", List.of("a\\b")),
        arguments("'a\"b'", List.of("a\"b")),
        arguments("\"a'b\"", List.of("a'b")),
        arguments("\"a\\\"b\"", List.of("a\"b")),
        arguments("\"a\\\\b\"", List.of("a\\b")),
        arguments("\"a\\$b\"", List.of("a$b")),
        arguments("\"a\\`b\"", List.of("a`b")),
        arguments("\"a\\nb\"", List.of("a\\nb")),
        arguments("a\\ b", List.of("a b")),
        arguments("a\\nb", List.of("anb")),
        arguments("\\'a", List.of("'a")),
        arguments("a\\", List.of("a\\")),
        arguments("''", List.of("")),
        arguments("", List.of()));
  }

  @ParameterizedTest
  @MethodSource("linesAndWords")
  void wordsAreThoseOfAShell(String line, List<String> words) throws Exception {
    assertThat(CommandLine.split(line)).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {"a 'b, '", "a \"b, \"", "a \"b', \"", "a 'b\", '", "a \"b\\\", \""})
  void aQuoteThatIsNotClosedIsNamed(String line, String quote) {
    assertThatThrownBy(() -> CommandLine.split(line))
        .isInstanceOf(Failure.class)
        .hasMessage("A quote is not closed: " + quote);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a 'b';", "a b; c", "a \"b\";", "';';", "a 1>b", "a 2> b", "a |", "a ;;"})
  void anOperatorBesideAQuotedWordIsOneAllTheSame(String line) {
    assertThatThrownBy(() -> CommandLine.split(line))
        .hasMessageStartingWith("No shell of the system");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a 'b;'", "a \\|", "a '2'>b", "a 12>b", "a '#'b", "a ';' b"})
  void aWordWithAQuotedPartIsAWord(String line) throws Exception {
    assertThat(CommandLine.split(line)).startsWith("a");
  }

  @Test
  void aLineMayHave262144CharactersAndNoMore() throws Exception {
    String longest = "x".repeat(256 * 1024);
    assertThat(CommandLine.split(longest)).containsExactly(longest);
    assertThatThrownBy(() -> CommandLine.split(longest + " "))
        .isInstanceOf(Failure.class)
        .hasMessage("The command line is too long");
  }

  @Test
  void wordsOfALineThatIsBeingTypedHaveTheirPlaces() {
    assertThat(CommandLine.typed("  search 'a b'\\ c \"d e"))
        .containsExactly(
            new Word("search", 2, 8, (char) 0, false),
            new Word("a b c", 9, 17, (char) 0, false),
            new Word("d e", 18, 22, '"', false));
  }

  @Test
  void wordsOfAShellAreKnownWhileTheyAreTyped() {
    assertThat(CommandLine.typed("list | grep '|' x; y"))
        .extracting(Word::isOfShell)
        .containsExactly(false, true, false, false, true, false);
    assertThat(CommandLine.typed("all # of them")).extracting(Word::text).containsExactly("all");
    assertThat(CommandLine.typed("a\\")).extracting(Word::text).containsExactly("a\\");
    assertThat(CommandLine.typed("|").get(0).mistake().orElseThrow())
        .hasMessageStartingWith("No shell of the system reads this line, so | cannot");
  }

  @Test
  void ofALineThatIsTooLongNoWordsAreKept() {
    assertThat(CommandLine.typed("x ".repeat(CommandLine.MAX_LENGTH))).isEmpty();
    assertThat(CommandLine.typed("a\0b")).isEmpty();
    assertThat(CommandLine.typed("")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      quoteCharacter = '`',
      value = {
        "doveadm search -A all | wc -l ! ssh … 'doveadm search -A all' | wc -l",
        "doveadm who > list ! ssh … 'doveadm who' > list",
        "doveadm who 2>/dev/null ! ssh … 'doveadm who' 2>/dev/null",
        "doveadm who; doveadm reload ! ssh … 'doveadm who'; ssh … 'doveadm reload'",
        "doveadm who && doveadm stop ! ssh … 'doveadm who' && ssh … 'doveadm stop'",
        "doveadm fetch \"uid flags\" all | cat ! ssh … 'doveadm fetch \"uid flags\" all' | cat",
      })
  void aLineForAShellIsAnsweredWithTheLineAsItShouldBeTyped(String line, String instead) {
    assertThatThrownBy(() -> CommandLine.split(line))
        .hasMessageContaining(" nothing was done. For your own shell: " + instead + " . ");
  }

  @Test
  void commandLinesAreSplitLikeAShellWould() throws Exception {
    assertThat(CommandLine.split("a 'b c'\\''d' \"e \\\" f\\g\" '' h\\ i"))
        .containsExactly("a", "b c'd", "e \" f\\g", "", "h i");
    assertThat(CommandLine.split("  ")).isEmpty();
    assertThatThrownBy(() -> CommandLine.split("a 'b")).isInstanceOf(Failure.class);
  }
}
