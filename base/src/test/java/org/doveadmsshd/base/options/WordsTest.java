package org.doveadmsshd.base.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Argument.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WordsTest {
  private static final List<Option> OPTIONS =
      List.of(
          Option.of('u', "user", Kind.USER.named("user"), "x"),
          Option.flag('s', "subscribed", "x"),
          Option.flag('t', "total", "x"),
          Option.of("again", Kind.SETTING.named("value"), "x").repeatable(),
          Option.of("once", Kind.NUMBER.named("number"), "x").once(),
          Option.of("bare", Kind.TEXT.named("text"), "x").onceOrBare());

  private static Words parse(String... words) throws Failure {
    return Words.parse("test", OPTIONS, List.of(words));
  }

  @Test
  void optionsStandAnywhereUntilTwoDashes() throws Failure {
    Words words = parse("a", "-st", "b", "-u", "me", "--", "-c");
    assertThat(words.positionals()).containsExactly("a", "b", "-c");
    assertThat(words.value("user")).contains("me");
    assertThat(words.has("subscribed") && words.has("total")).isTrue();
  }

  @Test
  void argumentsMayBeAttached() throws Failure {
    assertThat(parse("-ume").value("user")).contains("me");
    assertThat(parse("--user=me").value("user")).contains("me");
    assertThat(parse("--user", "me").value("user")).contains("me");
    assertThat(parse("-").positionals()).containsExactly("-");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-5", "-x", "--nosuch", "-u", "--user", "--total=1"})
  void aWrongOptionIsAUsageError(String word) {
    assertThatThrownBy(() -> parse("larger", word))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(64));
  }

  @Test
  void whatIsForwardedMeansTheSameAgain() throws Failure {
    Words words = parse("-t", "x", "-u", "me", "--", "-y");
    List<Option> ofCommand = OPTIONS.subList(1, 3);
    Words again = Words.parse("test", ofCommand, words.forwarded(ofCommand));
    assertThat(again.positionals()).containsExactly("x", "-y");
    assertThat(again.options().keySet()).containsExactly("total");
  }

  @Test
  void onlyAnOptionThatMayBeRepeatedKeepsAllItsValues() throws Failure {
    Words words = parse("-u", "me", "--again", "a", "-u", "you", "--again=b");
    assertThat(words.value("user")).contains("you");
    assertThat(words.value("again")).contains("a" + Option.AGAIN + "b");
  }

  @ParameterizedTest
  @CsvSource({
    "--once=1 --once 1, once",
    "--bare --bare, bare",
    "--bare=x --bare, bare",
  })
  void whatStandsOnceIsRefusedWhenItStandsTwice(String line, String option) {
    assertThatThrownBy(() -> parse(line.split(" ")))
        .hasMessage("test: option --" + option + " stands twice")
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome().exitCode()).isEqualTo(64));
  }

  @Test
  void anArgumentThatMayBeLeftOutIsAttachedOrNone() throws Failure {
    Words bare = parse("--bare", "word");
    assertThat(bare.value("bare")).contains("");
    assertThat(bare.positionals()).containsExactly("word");
    Words with = parse("--bare=word");
    assertThat(with.value("bare")).contains("word");
    assertThat(OPTIONS.get(5).usage()).isEqualTo("--bare[=<text>]");
    assertThat(parse(bare.forwarded(OPTIONS).toArray(String[]::new))).isEqualTo(bare);
    assertThat(parse(with.forwarded(OPTIONS).toArray(String[]::new))).isEqualTo(with);
  }
}
