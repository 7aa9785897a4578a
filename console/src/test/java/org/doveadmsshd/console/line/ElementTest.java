package org.doveadmsshd.console.line;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.brain.CommandLine;
import org.doveadmsshd.brain.Word;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Words are quoted as the place needs it where they are put in. */
class ElementTest {
  private static final Argument MAILBOX = Kind.MAILBOX.named("mailbox");
  private static final String LETTERS = "ab \\'\"$`|&;<>#*?é漢\t";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sent",
        "Sent Mail",
        "it's",
        "a\"b",
        "$HOME `x`",
        "\\Seen",
        "a\\",
        "#",
        "|",
        "x;",
        "<x",
        "2>&1",
        "Entwürfe",
        "漢字 仮名",
        "a\tb",
        "-",
        "--",
        "''",
        "\\\"'"
      })
  void aWholeNameIsReadAgainAsItIs(String name) throws Failure {
    for (String begin : begins(name)) {
      String typed = completed(begin, name);

      assertThat(CommandLine.split("x " + typed + " y")).containsExactly("x", name, "y");
    }
  }

  @Test
  void anyNameIsReadAgainAsItIs() throws Failure {
    Random random = new Random(17);
    for (int i = 0; i < 20_000; i++) {
      String name = name(random);
      List<String> begins = begins(name);
      String typed = completed(begins.get(random.nextInt(begins.size())), name);

      assertThat(CommandLine.split("x " + typed + " y")).containsExactly("x", name, "y");
    }
  }

  private static String name(Random random) {
    StringBuilder name = new StringBuilder();
    for (int length = 1 + random.nextInt(8); length > 0; length--) {
      name.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return name.toString();
  }

  /** Ways to begin a name, in all kinds of quotes. */
  private static List<String> begins(String name) {
    String half = name.substring(0, name.length() / 2);
    return List.of(
        "",
        "'",
        "\"",
        half.replaceAll("([^a-zA-Z0-9])", "\\\\$1"),
        "'" + half.replace("'", "'\\''"),
        "\"" + half.replaceAll("([\"\\\\$`])", "\\\\$1"),
        "\"\"'nothing",
        "'not'\"hing",
        "nothing like it");
  }

  private static String completed(String begin, String name) {
    List<Word> words = CommandLine.typed(begin);
    Word word = words.isEmpty() ? new Word("", 0, 0, (char) 0, false) : words.get(0);
    return Element.of(MAILBOX, word, begin).completed(name, true);
  }

  @Test
  void whatHasBeenTypedStaysAsItIs() {
    assertThat(completed("Se\"n\"t", "Sent Mail")).isEqualTo("Se\"n\"t\\ Mail");
    assertThat(completed("'Sent", "Sent Mail")).isEqualTo("'Sent Mail'");
    assertThat(completed("\"Sent M", "Sent Mail")).isEqualTo("\"Sent Mail\"");
  }

  @Test
  void ofAListOnlyTheLastElementIsCompleted() {
    Argument fields = Kind.FIELDS.named("fields");
    String typed = "\"uid fl";
    Element element = Element.of(fields, CommandLine.typed(typed).get(0), typed);

    assertThat(element.text()).isEqualTo("fl");
    assertThat(element.raw()).isEqualTo("fl");
    assertThat(element.completed("flags", false)).isEqualTo("flags");
    assertThat(element.completed("flags", true)).isEqualTo("flags\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"uid FL", "\"uid F\"L", "\"uid F\"'L", "'uid 'FL", "'uid '\"FL", "uid\\ FL"})
  void anElementInOtherCaseIsReplacedInWhateverQuotes(String typed) throws Failure {
    Argument fields = Kind.FIELDS.named("fields");
    Element element = Element.of(fields, CommandLine.typed(typed).get(0), typed);
    String before = typed.substring(0, typed.length() - element.raw().length());

    assertThat(CommandLine.split(before + element.completed("flags", true)))
        .containsExactly("uid flags");
  }
}
