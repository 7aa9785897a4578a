package org.doveadmsshd.system.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.MemoryTurns;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What commands keep of mails beside the mailbox itself counts as memory, too. */
class MemoryOfCommandsTest {
  private static final int MAILS = 3_000;

  /** What open mailboxes take. */
  private static final long LISTED = MAILS * 120L;

  @TempDir Path home;
  private Path maildir;
  private MemoryBudget budget;

  @BeforeEach
  void fill() throws IOException {
    maildir = home.resolve("Maildir");
    for (String part : List.of("cur", "new", "tmp", ".Box/cur", ".Box/new", ".Box/tmp")) {
      Files.createDirectories(maildir.resolve(part));
    }
    for (int i = 0; i < MAILS; i++) {
      String mail = "Message-ID: <%s%d@example.org>\nSubject: x\n\nx\n";
      String name = "cur/%d.M%dP1.host:2,S".formatted(1_700_000_000 + i, i);
      Files.writeString(maildir.resolve(name), mail.formatted("long".repeat(10), i));
    }
  }

  private Ours.Result run(long bytes, String line) throws Exception {
    budget = new MemoryBudget(bytes + MemoryBudget.PIECE);
    MemoryTurns turns = new MemoryTurns(budget.all(), "; buy more");
    return new Ours(maildir, Optional.empty(), turns).run(List.of(line.split(" ")), "");
  }

  @AfterEach
  void nothingIsHeldInTheEnd() {
    assertThat(budget.all().held()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "search mailbox INBOX inthread refs subject y",
        "search mailbox INBOX inthread references subject y",
        "deduplicate mailbox INBOX all",
        "deduplicate -m mailbox INBOX all",
        "copy Box mailbox INBOX all",
        "move Box mailbox INBOX all"
      })
  void whatDoesNotFitFailsWithASentenceAndChangesNothing(String line) throws Exception {
    Ours.Result result = run(LISTED, line);
    assertThat(result.code()).isEqualTo(Outcome.TEMPORARY_FAILURE.exitCode());
    assertThat(result.messages())
        .singleElement()
        .asString()
        .contains("Mailbox ", "mails take more memory than", "; buy more");
    assertThat(maildir.resolve("cur").toFile().list()).hasSize(MAILS);
    assertThat(maildir.resolve(".Box/cur").toFile().list()).isEmpty();
    assertThat(maildir.resolve(".Box/tmp").toFile().list()).isEmpty();
    assertThat(run(LISTED + MAILS * 1_000L, line).code()).isZero();
  }

  @Test
  void aSearchOfTheSameMailboxFits() throws Exception {
    assertThat(run(LISTED, "search mailbox INBOX all").rows()).hasSize(MAILS);
  }
}
