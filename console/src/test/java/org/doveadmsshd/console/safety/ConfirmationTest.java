package org.doveadmsshd.console.safety;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.Running;
import org.doveadmsshd.brain.format.Formatter;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfirmationTest {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("username"), new Column("mailbox"), new Column("mails"), new Column("bytes"));

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();
  private final Console console = new Console(InputStream.nullInputStream(), out, error, true, 80);
  private final List<String> asked = new ArrayList<>();
  private String answer = "yes";
  private final FakeRun run = new FakeRun();

  /** A dry run that prints these rows. */
  private static final class FakeRun implements Caution.Lines, Running {
    final List<List<String>> lines = new ArrayList<>();
    final List<String> rows = new ArrayList<>();
    int code;
    int failed;
    boolean interrupted;

    @Override
    public int run(List<String> words, Console at, UnaryOperator<Running> seen) throws IOException {
      lines.add(words);
      Running running = seen.apply(this);
      try {
        Formatter formatter =
            at.formatters().make("flow", COLUMNS, true, (bytes, offset, length) -> {});
        formatter.begin();
        for (String row : rows) {
          for (String value : row.split(" ")) {
            formatter.value(Value.of(value));
          }
        }
        formatter.end();
      } catch (Failure e) {
        throw new IllegalStateException(e);
      }
      if (interrupted) {
        running.cancel();
      }
      return code;
    }

    @Override
    public void cancel() {}

    @Override
    public long failed() {
      return failed;
    }
  }

  private OptionalInt before(String line) throws IOException {
    Removal removal = Removal.of(List.of(line.split(" "))).orElseThrow();
    Console.Question question =
        prompt -> {
          asked.add(prompt);
          return answer;
        };
    return new Confirmation(question).before(removal, console, run);
  }

  private String said() {
    return error.toString(UTF_8);
  }

  @Test
  void whatWouldGoIsCountedAndYesLetsItGo() throws Exception {
    run.rows.addAll(
        List.of(
            "anna Trash 3 1024",
            "anna Trash.Old 1 1024",
            "bob Trash 1 100",
            "carl Trash 1 5000",
            "dora Trash 1 4000",
            "emil Trash 1200 3000",
            "fred Trash 1 6000"));
    assertThat(before("expunge -A mailbox Trash all")).isEmpty();
    assertThat(run.lines)
        .containsExactly(List.of("expunge", "--dry-run", "-A", "mailbox", "Trash", "all"));
    assertThat(asked).containsExactly("Expunge 1,208 mails (19.7 KiB) of 6 users? Type yes: ");
    assertThat(said().lines())
        .containsExactly(
            "  fred: 1 mail (5.9 KiB)",
            "  carl: 1 mail (4.9 KiB)",
            "  dora: 1 mail (3.9 KiB)",
            "  emil: 1,200 mails (2.9 KiB)",
            "  anna: 4 mails (2.0 KiB)",
            "  and of 1 more");
    assertThat(out.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "y", "no", "YES", "yes please", "expunge -A mailbox Trash all"})
  void anythingElseChangesNothing(String text) throws Exception {
    answer = text;
    run.rows.add("anna Trash 1 10");
    assertThat(before("move -A Archive mailbox Trash all")).hasValue(75);
    assertThat(asked).containsExactly("Move 1 mail (10 B) of 1 user? Type yes: ");
    assertThat(said()).endsWith("Nothing was changed\n");
  }

  @Test
  void nothingIsAskedWhenNothingWouldGo() throws Exception {
    assertThat(before("expunge -A mailbox Trash all")).hasValue(0);
    assertThat(asked).isEmpty();
    assertThat(said()).contains("Nothing matches");
  }

  @Test
  void emptyMailboxesAreAskedFor() throws Exception {
    run.rows.add("anna Junk 0 0");
    assertThat(before("mailbox delete -A Junk")).isEmpty();
    assertThat(asked).containsExactly("Mailbox delete: 0 mails (0 B) of 1 user? Type yes: ");
  }

  @Test
  void aCountThatIsStoppedIsNotAskedAbout() throws Exception {
    run.rows.add("anna Trash 1 10");
    run.interrupted = true;
    run.code = 75;
    assertThat(before("expunge -A mailbox Trash all")).hasValue(75);
    assertThat(asked).isEmpty();
  }

  @Test
  void aCountThatFailsAltogetherEndsTheCommandWithItsCode() throws Exception {
    run.code = 77;
    assertThat(before("expunge -A mailbox Trash all")).hasValue(77);
    assertThat(asked).isEmpty();
  }

  @Test
  void aCountThatFailsForSomeSaysSo() throws Exception {
    run.rows.add("anna Trash 1 10");
    run.code = 75;
    run.failed = 2;
    assertThat(before("expunge -A mailbox Trash all")).isEmpty();
    assertThat(said()).contains("not all: mails of 2 users could not be counted");
  }

  @Test
  void whatCannotBeCountedIsAskedAboutWithWhatIsKnown() throws Exception {
    assertThat(before("batch -u *@example.org : expunge mailbox Trash all")).isEmpty();
    assertThat(run.lines).isEmpty();
    assertThat(asked).containsExactly("Batch for all users that match *@example.org? Type yes: ");
  }

  @Test
  void namesNeverDriveTheTerminal() throws Exception {
    run.rows.add("an\u001b[2Jna Trash 1 10");
    before("expunge -A mailbox Trash all");
    before("batch -F \u001b[2J : expunge mailbox Trash all");
    assertThat(said() + asked).doesNotContain("\u001b");
  }

  @Test
  void whenTheTerminalIsGoneNothingIsDone() {
    run.rows.add("anna Trash 1 10");
    Removal removal = Removal.of(List.of("deduplicate", "-A", "all")).orElseThrow();
    Confirmation gone =
        new Confirmation(
            prompt -> {
              throw new IOException("gone");
            });
    assertThatThrownBy(() -> gone.before(removal, console, run)).hasMessage("gone");
  }

  @Test
  void whereNobodyCanBeAskedYesMustBeSaid() throws Exception {
    Removal removal = Removal.of(List.of("deduplicate", "-A", "all")).orElseThrow();
    assertThat(Caution.WANTS_YES.before(removal, console, run)).hasValue(64);
    assertThat(said()).contains("--yes", "scripts_ask", "nothing was done").hasLineCount(1);
    assertThat(Caution.NONE.before(removal, console, run)).isEmpty();
    assertThat(run.lines).isEmpty();
  }
}
