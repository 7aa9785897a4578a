package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The shell of {@code doveadm-ssh}, on the terminal where it was started. */
@Timeout(180)
class LocalShellTest {
  private static final String USER = "user0002@example.org";

  @TempDir static Path directory;
  private static TestSite site;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(Tmux.isThere(), "needs tmux");
    site = new TestSite(directory, 4);
  }

  @AfterAll
  static void stop() {
    if (site != null) {
      site.close();
    }
  }

  private static Tmux shell(String term) throws Exception {
    List<String> words = new ArrayList<>(List.of("env", "XDG_STATE_HOME=" + directory));
    words.addAll(site.doveadmSshWords());
    return new Tmux(directory, term, words).awaitsLine(System.getProperty("user.name") + ">");
  }

  @Test
  void linesAreCarriedOutAndRememberedForTheNextShell() throws Exception {
    try (Tmux shell = shell("tmux-256color")) {
      shell.line("use " + USER).awaitsLine(USER + ">");
      shell.line("mailbox list").awaits("Trash").awaitsLine(USER + ">");
      shell.line("user nobody@example.org").awaits("nobody@example.org").awaitsLine(USER + ">");
      shell.press("C-d");
      assertThat(shell.awaitsEnd()).isEqualTo(67);
    }
    assertThat(directory.resolve("doveadm-ssh").resolve(System.getProperty("user.name")))
        .content()
        .contains("use " + USER, "mailbox list");
    try (Tmux shell = shell("tmux-256color")) {
      shell.press("Up").awaits("user nobody@example.org");
    }
  }

  @Test
  void theServersAreShownAndTakenOutOfUseAsOnTheCommandLine() throws Exception {
    try (Tmux shell = shell("tmux-256color")) {
      shell.line("set format json").awaitsLine(System.getProperty("user.name") + ">");
      shell.type("serv").press("Tab").type("dr").press("Tab").type("on").press("Tab");
      shell.awaits("servers drain one").press("Enter").awaits("would leave no server");
      shell.line("where " + USER).awaits("\"server\":\"one\"");
      shell.line("servers").awaits("\"state\":\"up\"");
      shell.line("help where").awaits("usage: doveadm-ssh where");
      shell.line("servers nowhere").awaits("No server nowhere").press("C-d");
      assertThat(shell.awaitsEnd()).isEqualTo(64);
    }
  }

  @Test
  void controlCStopsACommandAndNotTheProgram() throws Exception {
    try (Tmux shell = shell("tmux-256color")) {
      shell.type("half a line").press("C-c").line("").awaits(">");
      for (int i = 0; i < 20; i++) { // while a line is typed, begins, is carried out, and ends
        shell.line("search -A text nosuchtext").press("C-c");
      }
      shell.press("C-c").line("user " + USER).awaits("maildir:");
      shell.line("exit 5");
      assertThat(shell.awaitsEnd()).isEqualTo(5);
    }
  }

  @Test
  void aDumbTerminalGetsPlainLines() throws Exception {
    try (Tmux shell = shell("dumb")) {
      shell.line("use " + USER).awaitsLine(USER + ">");
      shell.line("exit");
      assertThat(shell.awaitsEnd()).isZero();
    }
  }
}
