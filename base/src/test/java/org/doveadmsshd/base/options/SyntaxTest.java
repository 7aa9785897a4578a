package org.doveadmsshd.base.options;

import static org.assertj.core.api.Assertions.assertThat;

import org.doveadmsshd.base.options.Argument.Kind;
import org.junit.jupiter.api.Test;

class SyntaxTest {
  private static final Argument BOX = Kind.MAILBOX.named("mailbox");
  private static final Argument QUERY = Kind.QUERY.named("search query");

  private static void check(Syntax syntax, String text, int least, int most) {
    assertThat(syntax.text()).isEqualTo(text);
    assertThat(syntax.least()).as("least words of " + text).isEqualTo(least);
    assertThat(syntax.most()).as("most words of " + text).isEqualTo(most);
  }

  @Test
  void itIsShownAsHelpHasIt() {
    Syntax from = new Syntax.Literal("user");
    check(Syntax.NOTHING, "", 0, 0);
    check(BOX, "<mailbox>", 1, 1);
    check(QUERY, "<search query>", 1, Syntax.MANY);
    check(Syntax.of(BOX, BOX), "<mailbox> <mailbox>", 2, 2);
    check(Syntax.maybe(BOX), "[<mailbox>]", 0, 1);
    check(Syntax.several(BOX), "<mailbox> [...]", 1, Syntax.MANY);
    check(Syntax.anyNumber(BOX), "[<mailbox> ...]", 0, Syntax.MANY);
    check(Syntax.either(BOX, BOX), "<mailbox>|<mailbox>", 1, 1);
    check(
        Syntax.either(from, Syntax.of(BOX, QUERY)),
        "user|<mailbox> <search query>",
        1,
        Syntax.MANY);
    check(Syntax.word("is", "begins"), "is|begins", 1, 1);
    check(Syntax.word("is"), "is", 1, 1);
    check(
        Syntax.of(BOX, Syntax.maybe(from, BOX), QUERY),
        "<mailbox> [user <mailbox>] <search query>",
        2,
        Syntax.MANY);
  }

  @Test
  void soManyWordsAsItSays() {
    Syntax one = Syntax.of(BOX, Syntax.maybe(BOX));
    assertThat(one.takes(0)).isFalse();
    assertThat(one.takes(1)).isTrue();
    assertThat(one.takes(2)).isTrue();
    assertThat(one.takes(3)).isFalse();
    assertThat(Syntax.several(BOX).takes(99)).isTrue();
  }

  @Test
  void argumentsStandThereFromLeftToRightWhateverIsAroundThem() {
    Syntax syntax = Syntax.of(Syntax.anyNumber(Syntax.maybe(BOX)), Syntax.several(QUERY));
    assertThat(syntax.arguments()).containsExactly(BOX, QUERY);
    assertThat(syntax.has(Kind.QUERY)).isTrue();
    assertThat(syntax.has(Kind.FILE)).isFalse();
  }
}
