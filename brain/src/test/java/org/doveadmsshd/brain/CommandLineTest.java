package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
        .hasMessageStartingWith("There is no shell here")
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
}
