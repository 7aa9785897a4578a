package org.doveadmsshd.console.line;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.brain.CommandLine;
import org.doveadmsshd.brain.Invocation;
import org.doveadmsshd.command.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A word that is wrong is known before the line is carried out; one that is unfinished is not. */
class MistakeTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      value = {
        "serach ¦ → serach → Unknown command: serach",
        "mailbox lits ¦ → lits → Unknown command: mailbox lits",
        "-f tabel search all ¦ → tabel → Unknown formatter: tabel",
        "-x ¦ → -x → unknown option -x",
        "search --nonsense ¦ → --nonsense → search: unknown option --nonsense",
        "search -u a b savedbefor 30d ¦ → b → Unknown search key: b",
        "expunge -u a mailbox Trash savedbefor 30d ¦ → savedbefor → Unknown search key: savedbefor",
        "expunge mailbox Trash savedbefor 30d ¦ → savedbefor → Unknown search key: savedbefor",
        "search since 3x ¦ → 3x → Invalid date: 3x",
        "search larger much unseen ¦ → much → Invalid size: much",
        "search all or unseen seen ¦ → seen → Use parenthesis when mixing ANDs and ORs",
        "search or ¦ → or → OR stands between two search keys",
        "search mimepart nonsense ¦ → nonsense → Unknown MIMEPART search key: nonsense",
        "search --timeout soon all ¦ → soon → Invalid --timeout: soon",
        "fetch 'uid flgs' ¦ → flgs → Unknown fetch field: flgs",
        "mailbox rename a b c ¦ → c → Usage: doveadm mailbox rename",
        "mailbox list | grep ¦ → | → No shell of the system reads this line",
        "batch -A : expunge mailbox x since 3x : ¦ → 3x → Invalid date: 3x",
        "watch 5s serach ¦ → serach → Unknown command: serach",
        "watch 5s search since 3x ¦ → 3x → Invalid date: 3x",
        "doveadm search since 3x ¦ → 3x → Invalid date: 3x",
      })
  void theFirstWrongWordIsNamedWithItsSentence(String line, String word, String sentence) {
    TypedLine typed = Cursor.in(line).typed();

    Mistake mistake = Mistake.in(typed, Village.OF_NOBODY).orElseThrow();

    assertThat(typed.words().get(mistake.word()).text()).endsWith(word);
    assertThat(mistake.sentence()).startsWith(sentence);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "¦",
        "serach¦",
        "mailbox ¦",
        "mailbox lits¦",
        "-f ¦",
        "-f tab ¦",
        "-f tabel¦",
        "search ¦",
        "search -u ¦",
        "search all ¦",
        "search savedbefor¦",
        "search sa¦vedbefor all",
        "search since ¦",
        "search since 3x¦",
        "search not ¦",
        "search all or ¦",
        "search ( all ¦",
        "search ( ( not ( ¦",
        "search header subject ¦",
        "search inthread ¦",
        "search inthread refs ¦",
        "search modseq ¦",
        "search mimepart ¦",
        "search mimepart filename ¦",
        "search mimepart filename ends ¦",
        "search mimepart ( size ¦",
        "search mimepart disposition ¦",
        "search mimepart disposition param ¦",
        "search --timeout ¦",
        "fetch ¦",
        "fetch uid ¦",
        "expunge mailbox Trash ¦",
        "expunge all ¦",
        "mailbox rename ¦",
        "mailbox rename a ¦",
        "mailbox create --guid ¦",
        "mailbox status ¦",
        "flags add ¦",
        "flags add '\\Seen' ¦",
        "copy ¦",
        "copy x ¦",
        "copy x user ¦",
        "copy x user bob ¦",
        "batch ¦",
        "batch -A ¦",
        "batch -A : ¦",
        "batch -A : expunge ¦",
        "batch -A : expunge mailbox x all : ¦",
        "save ¦",
        "pw -p ¦",
        "user ¦",
        "watch ¦",
        "watch nonsense ¦",
        "watch 5s ¦",
        "watch 5s search ¦",
        "use ¦",
        "use nobody at all ¦",
        "help nonsense ¦",
        "search --nonsense --help ¦",
        "version ¦",
        "# nonsense ¦",
        "search subject 'not closed ¦",
      })
  void whatIsUnfinishedIsNoMistake(String line) {
    assertThat(Mistake.in(Cursor.in(line).typed(), Village.OF_NOBODY)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serach all",
        "search -u a nonsense",
        "search -u a since 3x or all",
        "fetch -u a flgs all",
        "search -u a --nonsense",
        "expunge -A mailbox x | y",
        "mailbox rename -u a b c d",
      })
  void theSentenceIsTheOneOfExec(String line) {
    String sentence =
        Mistake.in(Cursor.in(line + " ¦").typed(), Village.OF_NOBODY).orElseThrow().sentence();

    assertThatThrownBy(() -> carryOut(line)).isInstanceOf(Failure.class).hasMessage(sentence);
  }

  private static void carryOut(String line) throws Failure {
    CommandLine command = CommandLine.ofScript();
    command.add(line);
    Invocation invocation = Invocation.parse(command.words());
    invocation
        .command()
        .prepare(invocation.words(), new Command.Time(Instant.now(), () -> ZoneOffset.UTC));
  }

  @Test
  void aMistakeInALongLineIsFound() {
    String line = "search " + "from x ".repeat(200) + "nonsense " + "from x ".repeat(200) + "¦";

    Mistake mistake = Mistake.in(Cursor.in(line).typed(), Village.OF_NOBODY).orElseThrow();

    assertThat(mistake.word()).isEqualTo(401);
    assertThat(mistake.sentence()).startsWith("Unknown search key: nonsense");
  }

  @Test
  void noWordOfAShellSlowsALineDown() {
    TypedLine typed = Cursor.in("search " + "| ".repeat(30_000) + "¦").typed();

    assertThat(Mistake.in(typed, Village.OF_NOBODY).orElseThrow().word()).isEqualTo(1);
    assertThat(List.copyOf(typed.roles())).hasSize(30_001);
  }
}
