package org.doveadmsshd.storage.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import org.doveadmsshd.base.options.Glossary;
import org.doveadmsshd.base.options.Term;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of search keys is what the parser takes. */
class QueryGuideTest {
  static List<Term> keys() {
    return QueryGuide.keys().terms();
  }

  static List<Term> partKeys() {
    return QueryGuide.partKeys().terms();
  }

  private static Query parse(String query) throws QueryException {
    Instant now = Instant.ofEpochSecond(1_800_000_000);
    return QueryParser.parse(List.of(query.split(" ")), now, () -> ZoneOffset.UTC);
  }

  @ParameterizedTest
  @MethodSource("keys")
  void theExampleOfAKeyIsAQueryWithIt(Term key) throws QueryException {
    assertThat(parse(key.example())).isNotNull();
    boolean named = List.of(key.example().toUpperCase(Locale.ROOT).split(" ")).contains(key.name());
    assertThat(named || key.name().equals("<set>")).as(key.example()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("partKeys")
  void theExampleOfAKeyOfPartsIsAQueryWithIt(Term key) throws QueryException {
    assertThat(parse("mimepart " + key.example())).isNotNull();
    assertThat(key.example().toUpperCase(Locale.ROOT)).startsWith(key.name());
  }

  /** Without its last word a word is missing, and with one more there is another key. */
  @ParameterizedTest
  @MethodSource("keys")
  void aKeyTakesAsManyWordsAsItSays(Term key) {
    List<String> words = List.of(key.example().split(" "));
    if (key.name().equalsIgnoreCase(words.get(0))) {
      assertThat(key.arguments().takes(words.size() - 1)).as(key.example()).isTrue();
    }
    if (words.size() > 1) {
      String shorter = String.join(" ", words.subList(0, words.size() - 1));
      assertThatThrownBy(() -> parse(shorter))
          .hasMessageMatching("(?i)(Missing|.*stands between).*");
    }
    assertThatThrownBy(() -> parse(key.example() + " nosuchkey"))
        .hasMessageMatching("Unknown search key: nosuchkey.*|Use parenthesis.*");
  }

  @Test
  void everyKeyHasAMeaningAndStandsInTheListsOnce() {
    for (Glossary glossary : List.of(QueryGuide.keys(), QueryGuide.partKeys())) {
      assertThat(glossary.names()).doesNotHaveDuplicates();
      for (Term term : glossary.terms()) {
        assertThat(term.meaning()).as(term.name()).isNotEmpty().doesNotContain("\n");
        assertThat(glossary.table())
            .containsPattern("\n  \\Q" + term.usage() + "\\E *\n? +\\Q" + term.meaning() + "\\E\n");
        assertThat(glossary.summary()).contains(term.name());
        assertThat(glossary.find(term.name().toLowerCase(Locale.ROOT))).contains(term);
      }
      for (String text : List.of(glossary.summary(), glossary.table())) {
        assertThat(text.lines()).allMatch(line -> line.length() <= 90);
      }
    }
  }

  @Test
  void itSaysWhatAKeyTakes() {
    assertThat(QueryGuide.keys().summary())
        .contains("FROM TO CC BCC SUBJECT <text>  HEADER <name> <text>");
    assertThat(QueryGuide.partKeys().summary())
        .contains("DISPOSITION TYPE <type>|PARAM <name> <text>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"savedbefor 30d", "SAVEDBEFROE 30d", "unseen svedbefore 30d"})
  void aSlipInAKeyIsAnsweredWithTheKey(String query) {
    assertThatThrownBy(() -> parse(query))
        .hasMessageEndingWith(" (did you mean savedbefore?) (doveadm help search keys lists them)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"(unseen )", "( unseen)"})
  void aParenthesisThatIsNoWordIsAnsweredWithOneThatIs(String query) {
    assertThatThrownBy(() -> parse(query))
        .hasMessageContaining("parentheses are words of their own: '(' from alice ')'");
  }
}
