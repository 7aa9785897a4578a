package org.doveadmsshd.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.jline.terminal.Terminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lines that are typed, and what becomes of them. */
@Timeout(60)
class ShellTest {
  private Screen screen;

  @BeforeEach
  void begin() throws Exception {
    screen = new Screen();
    screen.awaits("admin> ");
  }

  @AfterEach
  void end() throws Exception {
    screen.close();
  }

  @Test
  void aLineIsCarriedOutWithOrWithoutTheProgramsName() throws Exception {
    screen.type("user jane\r").awaits("done user jane\r\n").awaits("admin> ");
    screen.type("doveadm user joe\r").awaits("done user joe\r\n").awaits("admin> ");
    screen.type("\r").awaits("admin> ").type("  \r").awaits("admin> ");
    assertThat(screen.carriedOut(2)).containsExactly("user jane", "user joe");
  }

  @Test
  void theExitCodeIsThatOfTheLastCommandOrTheOneThatIsGiven() throws Exception {
    screen.type("fail 67\r").awaits("admin> ").type(Screen.CONTROL_D);
    assertThat(screen.end()).isEqualTo(67);
    try (Screen other = new Screen()) {
      other.type("fail 67\r").awaits("done").type("exit 3\r");
      assertThat(other.end()).isEqualTo(3);
    }
  }

  @Test
  void controlCAtThePromptGivesUpTheLine() throws Exception {
    screen.type("user ja" + Screen.CONTROL_C).awaits("admin> ");
    screen.type("user joe\r").awaits("done user joe");
    assertThat(screen.carriedOut(1)).containsExactly("user joe");
  }

  @Test
  void controlCBetweenTwoLinesGivesUpOneLineOnly() throws Exception {
    screen.terminal.raise(Terminal.Signal.INT);
    screen.awaits("admin> ").type("user joe\r").awaits("done user joe");
  }

  @Test
  void whatIsTypedWhileACommandRunsIsTheNextLine() throws Exception {
    screen.type("stuck\r");
    screen.carriedOut(1);
    screen.type("user jane\r");
    screen.runner.release();
    screen.awaits("done stuck").awaits("done user jane");
  }

  @Test
  void controlCStopsTheCommandWhichSaysWhatItHasDone() throws Exception {
    screen.type("hold\r");
    screen.carriedOut(1);
    screen.type("user typed-ahead\r" + Screen.CONTROL_C).awaits("summary").awaits("admin> ");
    screen.type(Screen.CONTROL_D);
    assertThat(screen.end()).isEqualTo(75);
    assertThat(screen.carriedOut(1)).containsExactly("hold");
  }

  @Test
  void aSecondControlCGivesUpWaitingAndWhatComesLaterIsNotShown() throws Exception {
    screen.type("stuck\r");
    screen.carriedOut(1);
    screen.type(Screen.CONTROL_C).type(Screen.CONTROL_C).awaits("admin> ");
    screen.runner.release();
    screen.type("user jane\r").awaits("done user jane");
    assertThat(screen.all()).doesNotContain("done stuck");
  }

  @Test
  void usersThatWereChosenAreThoseOfCommandsThatNameNone() throws Exception {
    screen.type("use jane@example.org\r").awaits("jane@example.org> ");
    screen.type("search all\r").awaits("done");
    screen.type("search -u joe all\r").awaits("done");
    screen.type("who\r").awaits("done");
    screen.type("use '*@example.org'\r").awaits("*@example.org> ");
    screen.type("mailbox list\r").awaits("done");
    screen.type("use -A\r").awaits("all users> ");
    screen.type("search all\r").awaits("done");
    screen.type("use\r").awaits("admin> ");
    screen.type("search all\r").awaits("done");
    assertThat(screen.carriedOut(6))
        .containsExactly(
            "search -u jane@example.org all",
            "search -u joe all",
            "who",
            "mailbox list -u *@example.org",
            "search -A all",
            "search all");
  }

  @Test
  void whatIsSetCountsUntilItIsTakenBack() throws Exception {
    screen.runner.servers = java.util.List.of("web1", "web2");
    screen.type("set format table\r").awaits("admin> ");
    screen.type("set timeout 30s\r").awaits("admin> ");
    screen.type("set servers web2\r").awaits("admin> ");
    screen.type("set\r").awaits("format   table").awaits("timeout  30s").awaits("servers  web2");
    screen.type("search -A all\r").awaits("done");
    screen.type("set format default\r").awaits("admin> ");
    screen.type("unset timeout\r").awaits("admin> ").type("unset servers\r").awaits("admin> ");
    screen.type("search -A all\r").awaits("done");
    assertThat(screen.carriedOut(2))
        .containsExactly("-f table search --timeout 30s -A all on web2", "search -A all");
  }

  @Test
  void aWrongValueIsRefusedAtOnce() throws Exception {
    screen.type("set format nosuch\r").awaits("Error").awaits("admin> ");
    screen.type("set timeout never\r").awaits("Invalid timeout: never").awaits("admin> ");
    screen.type("set servers web9\r").awaits("Unknown server: web9").awaits("admin> ");
    screen.type("set colour red\r").awaits("Unknown setting: colour").awaits("admin> ");
    screen.type("use a b\r").awaits("use: it takes").awaits("admin> ");
    screen.type(Screen.CONTROL_D);
    assertThat(screen.end()).isEqualTo(64);
  }

  @Test
  void aQuoteThatIsNotClosedIsAMistakeAndABackslashGoesOn() throws Exception {
    screen.type("search subject 'a b\r").awaits("A quote is not closed").awaits("admin> ");
    screen.type("search \\\r").awaits("> ").type("all\r").awaits("done search all");
  }

  @Test
  void pastedLinesAreShownAndCarriedOutOnlyAfterEnter() throws Exception {
    screen.type("\u001b[200~user a\ruser b\r\nuser c\n\u001b[201~").awaits("user c");
    assertThat(screen.carriedOut(0)).isEmpty();
    screen.type("\r").awaits("done user a").awaits("done user b").awaits("done user c");
    screen.type("\u001b[200~user d\r\u001b[201~").awaits("user d");
    assertThat(screen.carriedOut(3)).hasSize(3);
  }

  @Test
  void aThousandLinesCanBePasted() throws Exception {
    StringBuilder lines = new StringBuilder("\u001b[200~");
    for (int i = 1; i <= 1000; i++) {
      lines.append("user user%04d@example.org\n".formatted(i));
    }
    screen.type(lines + "\u001b[201~\r").awaits("done user user1000@example.org");
    assertThat(screen.carriedOut(1000)).hasSize(1000);
  }

  @Test
  void aThousandLinesCanBeTypedAhead() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= 1000; i++) {
      lines.append("user user%04d@example.org\r".formatted(i));
    }
    screen.type(lines.toString()).awaits("done user user1000@example.org");
    assertThat(screen.carriedOut(1000)).hasSize(1000);
  }

  @Test
  void controlCDropsTheRestOfWhatWasPasted() throws Exception {
    screen.type("\u001b[200~hold\nuser b\nuser c\u001b[201~\r");
    screen.carriedOut(1);
    screen.type(Screen.CONTROL_C).awaits("not carried out: 2").awaits("admin> ");
    assertThat(screen.carriedOut(1)).containsExactly("hold");
  }

  @Test
  void aLineOfAMegabyteIsRefusedWithASentence() throws Exception {
    screen.type("user " + "x".repeat(1 << 20) + "\r").awaits("nothing of it was taken");
    screen.type("\u001b[200~" + "y".repeat(1 << 20) + "\u001b[201~").awaits("nothing of it");
    screen.type("\r").awaits("admin> ").type("user jane\r").awaits("done user jane");
    assertThat(screen.carriedOut(1)).containsExactly("user jane");
  }

  @Test
  void noLineGrowsWithoutEndByWhatIsPutInAgain() throws Exception {
    screen.type("user " + "x".repeat(100_000) + "\u0015" + "\u0019\u0019\u0019\r");
    screen.awaits("nothing of it was taken").type("user jane\r").awaits("done user jane");
  }

  @Test
  void keysThatDoMoreThanEditALineDoNothing() throws Exception {
    screen.type("\u0018\u0005").type("\u001b99999999x");
    screen.type("\u0003").awaits("admin> ").type("user jane\r").awaits("done user jane");
  }

  @Test
  void itTellsWhyItEnds() throws Exception {
    screen.shell.end("The server is stopping", false);
    screen.terminal.inputEnded();
    screen.awaits("The server is stopping\r\n");
    assertThat(screen.end()).isZero();
  }

  @Test
  void aCommandMayAskInTheMidstOfIt() throws Exception {
    screen.type("--canary 3 search -A ask\r").awaits("Really? ").type("yes\r");
    screen.awaits("answer yes").awaits("done --canary 3 search -A ask").awaits("admin> ");
    screen.type("--canary 3 search -A ask\r").awaits("Really? ").type(Screen.CONTROL_C);
    screen.awaits("answer \r\n").awaits("admin> ");
    assertThat(screen.carriedOut(2)).hasSize(2);
  }
}
