package org.doveadmsshd.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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
}
