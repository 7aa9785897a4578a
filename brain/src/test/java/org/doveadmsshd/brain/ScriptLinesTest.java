package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import org.doveadmsshd.base.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the lines of a script. */
class ScriptLinesTest {
  private static CommandLine added(String... lines) {
    CommandLine command = CommandLine.ofScript();
    for (int i = 0; i < lines.length; i++) {
      assertThat(command.add(lines[i])).isEqualTo(i == lines.length - 1);
    }
    return command;
  }

  private static List<Arguments> linesAndWords() {
    return List.of(
        arguments("a b", List.of("a", "b")),
        arguments("", List.of()),
        arguments("# a b", List.of()),
        arguments("  # a 'b", List.of()),
        arguments("a # b \\", List.of("a")),
        arguments("a #b", List.of("a")),
        arguments("a#b", List.of("a#b")),
        arguments("a '#b' \"#\" \\#", List.of("a", "#b", "#", "#")),
        arguments("a ''#b", List.of("a", "#b")),
        arguments("a $b `c` *", List.of("a", "$b", "`c`", "*")));
  }

  @ParameterizedTest
  @MethodSource("linesAndWords")
  void commentsAreNoWords(String line, List<String> words) throws Exception {
    assertThat(added(line).words()).isEqualTo(words);
    assertThat(added(line).hereDocument()).isEmpty();
  }

  @Test
  void aBackslashAtTheEndJoinsTheNextLine() throws Exception {
    assertThat(added("a b\\", "c \\", "\\", "  d").words()).containsExactly("a", "bc", "d");
    assertThat(added("a \"b\\", "c\"").words()).containsExactly("a", "bc");
    assertThat(added("a 'b\\\\' c\\\\").words()).containsExactly("a", "b\\\\", "c\\");
    assertThat(added("a \\", "# b \\").words()).containsExactly("a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a 'b", "a 'b\\", "a \"b"})
  void aQuoteMustBeClosedOnItsLine(String line) {
    assertThatThrownBy(added(line)::words).hasMessageStartingWith("A quote is not closed: ");
  }

  @ParameterizedTest
  @CsvSource({
    "save <<END, END, false",
    "save <<-END, END, true",
    "save << END, END, false",
    "save <<- END, END, true",
    "save <<'END', END, false",
    "save <<\"A B\", A B, false",
    "save <<A' 'B, A B, false",
    "save <<\\END, END, false",
    "save<<END, END, false",
    "<<END save, END, false",
    "save <<END # all, END, false",
    "save <<'', '', false",
  })
  void aHereDocumentIsAnnounced(String line, String end, boolean stripsTabs) throws Exception {
    CommandLine command = added(line);
    assertThat(command.words()).containsExactly("save");
    assertThat(command.hereDocument()).contains(new CommandLine.HereDocument(end, stripsTabs));
  }

  @Test
  void aHereDocumentMayBeAnnouncedOnALineThatIsJoined() throws Exception {
    CommandLine command = added("save <<\\", "END -u \\", "jane");
    assertThat(command.words()).containsExactly("save", "-u", "jane");
    assertThat(command.hereDocument()).contains(new CommandLine.HereDocument("END", false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"save '<<END'", "save \\<<END", "save <<<END", "save a<<<END"})
  void whatOnlyLooksLikeOneIsNone(String line) {
    assertThat(added(line).hereDocument()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"save <<", "save << # END"})
  void aHereDocumentNeedsAnEnd(String line) {
    assertThatThrownBy(added(line)::words).hasMessageStartingWith("<< must be followed");
  }

  @Test
  void aCommandHasOneInput() {
    assertThatThrownBy(added("save <<A <<B")::words).hasMessageContaining("one input");
    assertThatThrownBy(added("save << <<B")::words).hasMessageContaining("one input");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "save | cat <<END",
        "save 3<<END",
        "save 12<<END",
        "save <<END; quota get",
        "save <<END >list",
        "save <<< END",
      })
  void whatOnlyAShellCouldDoIsRefused(String line) {
    assertThatThrownBy(added(line)::words)
        .isInstanceOf(Failure.class)
        .hasMessageStartingWith("No shell of the system reads this line");
  }

  @Test
  void theInputOfARefusedLineIsInputAllTheSame() {
    assertThat(added("save | cat <<END").hereDocument())
        .contains(new CommandLine.HereDocument("END", false));
  }

  @Test
  void allLinesOfACommandCountForItsLength() {
    CommandLine command = CommandLine.ofScript();
    String half = "x".repeat(CommandLine.MAX_LENGTH / 2 - 1) + "\\";
    assertThat(command.add(half)).isFalse();
    assertThat(command.add(half)).isFalse();
    assertThat(command.add("x")).isTrue();
    assertThatThrownBy(command::words).hasMessage("The command line is too long");
  }
}
