package org.doveadmsshd.console.safety;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.doveadmsshd.command.Access;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.Manual;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which commands take mails of several users away. */
class RemovalTest {
  private static List<String> words(String line) {
    return List.of(line.split(" "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "expunge -A mailbox Trash all",
        "expunge mailbox Trash all -A",
        "expunge -u *@example.org mailbox Trash all",
        "expunge -u j?ne mailbox Trash all",
        "expunge -F - mailbox Trash all",
        "-f tab expunge -A mailbox Trash all",
        "move -A Archive mailbox INBOX seen",
        "deduplicate -A mailbox INBOX",
        "mailbox delete -A Junk",
        "batch -A : quota recalc : expunge mailbox Trash all",
      })
  void theseDo(String line) {
    assertThat(Removal.of(words(line))).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "expunge -u jane mailbox Trash all",
        "expunge --yes -A mailbox Trash all",
        "expunge -A --dry-run mailbox Trash all",
        "expunge -A all",
        "expunge -A",
        "expunge mailbox Trash all",
        "expung -A mailbox Trash all",
        "search -A all",
        "copy -A Archive mailbox INBOX seen",
        "flags add -A \\Deleted all",
        "batch -A : quota recalc : quota get",
        "batch -A --yes : expunge mailbox Trash all",
        "kick *",
        "help expunge",
        "",
      })
  void theseDoNot(String line) {
    assertThat(Removal.of(words(line))).isEmpty();
  }

  static List<Manual> manuals() {
    return CommandCatalog.all().stream()
        .map(command -> command.manual())
        .filter(manual -> manual.access() == Access.DELETE)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("manuals")
  void whatTheyWouldTakeCanBeCounted(Manual manual) {
    assertThat(manual.options()).extracting(option -> option.name()).contains("dry-run");
  }

  @ParameterizedTest
  @CsvSource({
    "expunge -A mailbox Trash all, expunge --dry-run -A mailbox Trash all",
    "-f tab -h mailbox delete -A Junk, -f tab -h mailbox delete --dry-run -A Junk",
    "--limit 9 --canary 3 mailbox delete -A Junk, --limit 9 mailbox delete --dry-run -A Junk",
    "--canary=3 -h expunge -A mailbox Trash all, -h expunge --dry-run -A mailbox Trash all",
  })
  void theDryRunIsTheSameLine(String line, String dryRun) throws Exception {
    assertThat(Removal.of(words(line)).orElseThrow().dryRun()).contains(words(dryRun));
  }

  @Test
  void aBatchHasNone() throws Exception {
    assertThat(Removal.of(words("batch -A : expunge mailbox Trash all")).orElseThrow().dryRun())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "-A, all users",
    "-u *, all users",
    "-u *@example.org, all users that match *@example.org",
    "-F list, the users that stand in list",
  })
  void whoseMailsGoIsSaid(String selection, String whose) {
    assertThat(Removal.of(words("deduplicate " + selection + " all")).orElseThrow().whose())
        .isEqualTo(whose);
  }
}
