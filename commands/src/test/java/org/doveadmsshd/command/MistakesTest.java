package org.doveadmsshd.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.storage.Flags;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A mistake in the words is one clear line, and nothing has happened then. */
class MistakesTest {
  private final Stage stage = new Stage();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "search",
        "search --nonsense all",
        "search -z all",
        "search --explain=1 all",
        "fetch",
        "fetch uid",
        "save a b",
        "save -U 0",
        "save -U x",
        "save -U 4294967295",
        "save -U",
        "save -g a/b",
        "save -g a:b",
        "copy",
        "copy INBOX",
        "copy INBOX user joe",
        "move INBOX all",
        "move INBOX mailbox INBOX",
        "expunge",
        "expunge all",
        "expunge mailbox INBOX",
        "deduplicate",
        "flags add",
        "flags add \\Seen",
        "import",
        "import maildir:~/x",
        "import maildir:~/x Back",
        "mailbox create",
        "mailbox create -g 12 X",
        "mailbox create -g 0123456789abcdef0123456789abcdef X Y",
        "mailbox delete",
        "mailbox rename",
        "mailbox rename A",
        "mailbox rename A B C",
        "mailbox subscribe",
        "mailbox unsubscribe",
        "mailbox status",
        "mailbox status messages",
        "mailbox status nonsense INBOX",
        "mailbox status -t guid INBOX",
        "mailbox path",
        "mailbox path A B",
        "mailbox path -t nonsense A",
        "mailbox update",
        "mailbox update --uid-validity 0 INBOX",
        "mailbox update --min-next-uid 99999999999 INBOX",
        "mailbox update --mailbox-guid x INBOX",
        "mailbox cache purge",
        "mailbox mutf7",
        "mailbox metadata get INBOX /nonsense",
        "quota get x",
        "quota recalc x",
        "force-resync",
        "force-resync A B",
        "index",
        "rebuild attachments",
        "batch",
        "batch :",
        "batch : nonsense",
        "batch : search",
        "batch : pw -p x",
        "batch : save",
        "batch : search all : fetch uid all",
        "user",
        "who x",
        "kick",
        "kick a b",
        "reload x",
        "stop x",
        "config x",
        "pw x",
        "pw -r x",
        "auth test",
        "auth login a b c",
        "auth lookup",
      })
  void inTheWordsIsSaidInOneLine(String line) {
    assertRefused(Outcome.USAGE, line);
  }

  /** With doveadm's exit code for them, 75. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "search nonsense",
        "search mailbox",
        "search since yesterday-ish",
        "search larger many",
        "search ( seen",
        "search seen )",
        "search seen OR",
        "search OR seen",
        "search not",
        "search seen OR flagged unseen",
        "search header subject",
        "search keyword",
        "search older 0",
        "search inthread nonsense all",
        "search modseq x",
        "search mimepart",
        "search mimepart ( )",
        "search mimepart depth x",
        "search mimepart filename x",
        "fetch nonsense all",
        "fetch uid nonsense",
        "fetch body.0 all",
        "fetch hdr. all",
        "save -r nonsense",
        "flags remove \\Seen nonsense",
        "import maildir:~/x Back nonsense",
      })
  void inAQueryOrFieldIsSaidInOneLine(String line) {
    assertRefused(Outcome.TEMPORARY_FAILURE, line);
  }

  private void assertRefused(Outcome outcome, String line) {
    stage.mail("INBOX", "one", Stage.SEEN);
    Map<String, List<String>> before = stage.store.contents();
    assertThat(stage.run(line.split(" "))).isEqualTo(outcome);
    assertThat(stage.error()).isNotBlank().doesNotContain("\n").hasSizeLessThan(500);
    assertThat(stage.failures).hasSize(1);
    assertThat(stage.rows).isEmpty();
    assertThat(stage.store.contents()).isEqualTo(before);
  }

  /** Whatever is typed behind a command: it is prepared, or a failure says why not. */
  @Test
  void noWordsMakeACommandBreak() {
    List<String> words =
        List.of(
            "",
            "-",
            "--",
            "*",
            "(",
            ")",
            "1:*",
            "\0",
            "mailbox",
            "INBOX",
            "all",
            "-x",
            "9".repeat(40));
    int prepared = 0;
    for (Command command : CommandCatalog.all()) {
      for (String first : words) {
        for (String second : words) {
          List<String> line = new ArrayList<>(Arrays.asList(command.name().split(" ")));
          line.addAll(List.of(first, second, "all"));
          try {
            assertThat(Stage.prepare(line, new ArrayList<>())).isNotNull();
            prepared++;
          } catch (Failure e) {
            assertThat(e.getMessage()).as("%s", line).isNotBlank();
          }
        }
      }
    }
    assertThat(prepared).isPositive();
  }

  @Test
  void optionsStandAnywhereButBehindTwoDashes() {
    stage.mail("INBOX", "one", Flags.NONE);
    assertThat(stage.run("search", "all", "--explain")).isEqualTo(Outcome.OK);
    assertThat(stage.run("search", "--", "all", "--explain")).isEqualTo(Outcome.TEMPORARY_FAILURE);
  }
}
