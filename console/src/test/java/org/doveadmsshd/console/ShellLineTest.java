package org.doveadmsshd.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the shell says and completes while a line is typed. */
@Timeout(60)
class ShellLineTest {
  private static final String TAB = "\t";

  @Test
  void whatIsTypedIsExplainedAndCompleted() throws Exception {
    try (Screen screen = new Screen()) {
      screen.awaits("admin> ").type("search -A savedb" + TAB).awaits("savedbefore <date>: ");
      screen.type("30d" + Screen.ENTER);

      assertThat(screen.carriedOut(1)).containsExactly("search -A savedbefore 30d");
    }
  }

  @Test
  void aMistakeIsNamedBeforeTheLineIsCarriedOut() throws Exception {
    try (Screen screen = new Screen()) {
      screen
          .awaits("admin> ")
          .type("search savedbefor 30d")
          .awaits("Unknown search key: savedbefor (did you mean savedbefore?)");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      value = {
        "set nonsense → Unknown setting: nonsense (there are: format, timeout,",
        "set format tabel → Unknown formatter: tabel",
        "set timeout soon → Invalid timeout: soon",
        "set pager perhaps → Invalid pager: perhaps (on or off)",
        "set servers nowhere → Unknown server: nowhere",
        "use -A alice → use: either -A or one user or mask",
        "use alice bob → use: it takes [<user>]",
        "use --nonsense → use: unknown option --nonsense",
        "unset nonsense → Unknown setting: nonsense",
        "watch 0s who → watch: invalid time: 0s (1s to 1day)",
        "watch 5s expunge → watch: only commands that change nothing can be watched",
        "top 5m → top: from 1s to 60s, not 5m",
        "exit 300 → exit: an exit code is a number from 0 to 255: 300",
        "last -f tabel → Unknown formatter: tabel",
        "last --where mailbox → --where takes <column>=<mask>, not: mailbox",
        "last --sort 'size down' → --sort takes <column> and perhaps desc behind it",
        "explain savedbefor 30d → Unknown search key: savedbefor",
        "doveadm set nonsense → Unknown setting: nonsense",
      })
  void aMistakeInAStatementIsNamedAsItIsWhenItIsCarriedOut(String line, String sentence)
      throws Exception {
    try (Screen screen = new Screen()) {
      screen.awaits("admin> ").type(line + " ").awaits(sentence);
      screen.type(Screen.ENTER).awaits("Error: " + sentence);
      assertThat(screen.carriedOut(0)).isEmpty();
    }
  }

  @Test
  void aStatementThatIsUnfinishedIsNoMistake() throws Exception {
    try (Screen screen = new Screen()) {
      screen.awaits("admin> ").type("set format ").awaits("formatter");
      screen.type(Screen.CONTROL_C).awaits("admin> ").type("watch 5s search -u ");
      screen.awaits("user").type(Screen.CONTROL_C).awaits("admin> ");
      assertThat(screen.all()).doesNotContain("set format takes", "it takes", "Unknown");
    }
  }

  @Test
  void statementsAreCompletedAsCommandsAre() throws Exception {
    try (Screen screen = new Screen()) {
      screen.awaits("admin> ").type("unse" + TAB + TAB + "form" + TAB).awaits("format");
    }
  }

  @Test
  void settingsAndTheirValuesAreCompleted() throws Exception {
    try (Screen screen = new Screen()) {
      screen.awaits("admin> ").type("set form" + TAB + "tabl" + TAB + Screen.ENTER);
      screen.awaits("admin> ").type("set col" + TAB + "of" + TAB + Screen.ENTER);
      screen.awaits("admin> ").type("search all" + Screen.ENTER);

      assertThat(screen.carriedOut(1)).containsExactly("-f table search all");
      assertThat(screen.all()).contains("search all");
    }
  }

  @Test
  void mailboxesAreThoseOfTheUserInUse() throws Exception {
    try (Screen screen = new Screen()) {
      screen.awaits("admin> ").type("use bob" + Screen.ENTER).awaits("bob> ");
      screen.type("search mailbox do" + TAB);

      assertThat(screen.carriedOut(1))
          .containsExactly("-h -f tab mailbox list -u bob --timeout 5s");
      screen.awaits("done\\");
    }
  }

  @Test
  void keywordsAreThoseOfTheUserInUse() throws Exception {
    try (Screen screen = new Screen()) {
      screen.awaits("admin> ").type("use bob" + Screen.ENTER).awaits("bob> ");
      screen.type("search keyword don" + TAB).awaits("keyword done");

      assertThat(screen.carriedOut(1))
          .containsExactly("-h -f tab fetch -u bob --timeout 5s flags all");
    }
  }
}
