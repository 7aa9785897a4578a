package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What commands print in the shell, in a real terminal: the pager, the last result, watch. */
@Timeout(180)
class ResultsAtTerminalTest {
  private static final String USER = "user0002@example.org";

  /** Users who have no mail, for long lists. */
  private static final int MANY = 1000;

  @TempDir static Path directory;
  private static TestSite site;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(Tmux.isThere(), "needs tmux");
    site = new TestSite(directory, 4);
    site.addUsersWithoutMail(MANY);
  }

  @AfterAll
  static void stop() {
    if (site != null) {
      site.close();
    }
  }

  /** A shell of admin, at its first prompt. */
  private static Tmux shell() throws Exception {
    return new Tmux(directory, site.ssh("admin", "-t")).awaitsLine("admin>");
  }

  @Test
  void aLongListIsLookedThroughInThePager() throws Exception {
    try (Tmux shell = shell()) {
      shell.line("user '*'").awaits("lines 1-29");
      shell.press("Space").awaits("lines 30-58").press("Up").awaits("lines 29-57");
      shell.type("/BULK000500").press("Enter");
      shell.awaits("what was searched for", rows -> rows.get(0).startsWith("bulk000500"));
      shell.press("End").awaits("(end)").awaits("of %,d".formatted(MANY + 4));
      shell.press("Home").awaits("lines 1-29");
      shell.resize(50, 10).awaits("lines 1-9").resize(100, 30).awaits("lines 1-29");
      shell.type("h").awaits("Keys of the pager").type(" ").awaits("lines 1-29");
      shell.type("q").awaitsLine("admin>");
      assertThat(shell.screen()).anyMatch(row -> row.startsWith("admin> user"));
    }
  }

  @Test
  void theLastResultIsShownAgain() throws Exception {
    try (Tmux shell = shell()) {
      shell.line("mailbox status -u " + USER + " messages '*'").awaits("Trash");
      shell.awaitsLine("admin>");
      shell.line("last -f table --sort 'messages desc' --where mailbox=t* --columns messages");
      shell.awaitsLine("admin>");
      shell.line("last -f json --where mailbox=INBOX --columns mailbox");
      shell.awaits("[{\"mailbox\":\"INBOX\"}]");
      shell.line("last -o /tmp/no").awaits("The server writes no files for you");
    }
  }

  @Test
  void valuesAreShownOneBelowTheOther() throws Exception {
    try (Tmux shell = shell()) {
      shell.line("mailbox status -u " + USER + " messages Trash\\G");
      shell.awaits(
          "values", rows -> rows.stream().anyMatch(row -> row.matches("messages: [0-9]+")));
    }
  }

  @Test
  void aCommandIsWatched() throws Exception {
    try (Tmux shell = shell()) {
      shell.line("watch 1s mailbox status -u " + USER + " messages Watched");
      shell.awaits("every 1s: mailbox status").awaits("exit code");
      assertThat(site.doveadm("mailbox create -u " + USER + " Watched").code()).isZero();
      shell.awaits(
          "it is there", rows -> rows.stream().anyMatch(ResultsAtTerminalTest::isEmptyBox));
      shell.press("C-c").awaitsLine("admin>");
      shell.line("watch 1s expunge -u " + USER + " mailbox Trash all");
      shell.awaits("only commands that change nothing can be watched");
    }
  }

  @Test
  void aDumbTerminalHasNoPagerAndWatchesLineByLine() throws Exception {
    try (Tmux shell = new Tmux(directory, "dumb", site.ssh("admin", "-t")).awaitsLine("admin>")) {
      shell.line("user '*'").awaits("bulk000999").awaitsLine("admin>");
      shell.line("watch 1s mailbox status -u " + USER + " messages INBOX").awaits("every 1s");
      shell.awaits("twice", rows -> rows.stream().filter(r -> r.contains("every 1s")).count() > 1);
      shell.type("q").awaitsLine("admin>");
    }
  }

  private static boolean isEmptyBox(String row) {
    return List.of(row.strip().split("\\s+")).equals(List.of("Watched", "messages=0"));
  }

  @Test
  void aQueryIsExplained() throws Exception {
    try (Tmux shell = shell()) {
      shell.line("use " + USER).awaitsLine(USER + ">");
      shell.line("explain mailbox INBOX subject x").awaits("INBOX").awaitsLine(USER + ">");
      assertThat(shell.screen()).noneMatch(row -> row.contains("Error"));
    }
  }
}
