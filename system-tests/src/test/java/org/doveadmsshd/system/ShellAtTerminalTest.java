package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.base.TextWidth;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The shell in a real terminal, with the stock ssh client. */
@Timeout(180)
class ShellAtTerminalTest {
  private static final String USER = "user0002@example.org";

  /** Users whose mail is where there is none. */
  private static final int MANY = 100_000;

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

  /** A shell of admin, at its first prompt. */
  private static Tmux shell() throws Exception {
    return new Tmux(directory, site.ssh("admin", "-t")).awaitsLine("admin>");
  }

  /** Users who have no mail, for long runs. */
  private static void addUsers() throws Exception {
    if (!Files.readString(directory.resolve("users")).contains("bulk")) {
      site.addUsersWithoutMail(MANY);
    }
  }

  @Test
  void thePromptSaysWhoseMailTheNextCommandTouches() throws Exception {
    try (Tmux shell = shell()) {
      shell.line("use " + USER).awaitsLine(USER + ">");
      shell.line("mailbox list").awaits("Trash").awaitsLine(USER + ">");
      shell.line("use -A").awaitsLine("all users>");
      shell.line("use").awaitsLine("admin>");
      shell.press("C-d");
      assertThat(shell.awaitsEnd()).isZero();
    }
  }

  @Test
  void whatIsWrongIsSaidAndTheShellGoesOn() throws Exception {
    try (Tmux shell = shell()) {
      shell.line("serch -A all").awaits("Unknown command: serch").awaitsLine("admin>");
      shell.line("search -A 'all").awaits("not closed").awaitsLine("admin>");
      shell.line("exit 3");
      assertThat(shell.awaitsEnd()).isEqualTo(3);
    }
  }

  /** Presses Tab until the line is that one: names may have to be asked for first. */
  private static void completes(Tmux shell, String begun, String whole) throws Exception {
    shell.press("C-u").type(begun).awaitsLine("admin> " + begun.stripTrailing()).press("Tab");
    shell.awaits(
        whole + " or that it is not known yet",
        lines ->
            lines.stream().anyMatch(line -> line.stripTrailing().equals("admin> " + whole))
                || lines.contains("not known yet; press Tab again"));
    if (!shell.cursorLine().contains(whole)) {
      shell.press("Tab");
    }
    shell.awaitsLine("admin> " + whole);
  }

  @Test
  void tabCompletesWhateverCanBeKnown() throws Exception {
    String search = "search -u " + USER + " ";
    try (Tmux shell = shell()) {
      completes(shell, "dedup", "deduplicate");
      completes(shell, "search --tim", "search --timeout");
      completes(shell, "-f nd", "-f ndjson");
      completes(shell, "search -u user0002", "search -u " + USER);
      completes(shell, "use user0004", "use user0004@example.org");
      completes(shell, search + "savedbef", search + "savedbefore");
      completes(shell, search + "mailbox Tra", search + "mailbox Trash");
      completes(shell, search + "since 1w", search + "since 1week");
      completes(shell, "fetch 'uid size.ph", "fetch 'uid size.physical");
      completes(shell, "flags add -A '\\Answ", "flags add -A '\\Answered");
      completes(shell, "mailbox status mess", "mailbox status messages");
    }
  }

  @Test
  void whatBelongsAtTheCursorIsSaidBelowAndAMistakeIsUnderlinedBeforeEnter() throws Exception {
    try (Tmux shell = shell()) {
      shell.type("search savedbefore ").awaits("savedbefore <date>: ");
      shell.press("C-u").type("search -A larger 5x ").awaits("Invalid size: 5x");
      assertThat(shell.styled()).containsPattern("\u001b\\[4m(\u001b\\[[0-9;]*m)*5x");
      shell.press("C-u").type("serch ").awaits("did you mean search?");
      assertThat(shell.styled()).containsPattern("\u001b\\[4m(\u001b\\[[0-9;]*m)*serch");
      shell.press("C-u").type("search -A all");
      shell.awaits("no complaint", lines -> lines.stream().noneMatch(l -> l.contains("mean")));
    }
  }

  @Test
  void linesComeBackInTheNextShell() throws Exception {
    try (Tmux shell = shell()) {
      shell.line("use user0004@example.org").awaitsLine("user0004@example.org>").press("C-d");
      shell.awaitsEnd();
    }
    try (Tmux shell = shell()) {
      shell.press("Up").awaitsLine("admin> use user0004@example.org").press("C-u");
      shell.press("C-r").type("0004").awaits("use user0004@example.org");
      shell.press("Enter").awaitsLine("user0004@example.org>");
    }
  }

  @Test
  void linesAreEditedAndComeBackWithTheArrowKeys() throws Exception {
    try (Tmux shell = shell()) {
      shell.line("user user0001@example.com").awaits("mail").awaitsLine("admin>");
      shell.press("Up").awaitsLine("admin> user user0001@example.com");
      shell.press("C-a", "M-f", "C-k").type(" '*'").press("Enter").awaits("user0003@example.com");
    }
  }

  @Test
  void tablesTakeTheWidthThatTheTerminalHasNow() throws Exception {
    try (Tmux shell = shell()) {
      String line = "-f table fetch -u " + USER + " 'guid hdr.from hdr.subject date.received' all";
      shell.resize(60, 60).line(line).awaitsLine("admin>");
      assertThat(shell.screen()).allMatch(row -> TextWidth.of(row) <= 60);
      assertThat(shell.screen()).anyMatch(row -> row.contains("…"));
    }
  }

  @Test
  void aColumnBehindWideCharactersIsStraight() throws Exception {
    String wide = "日本語のメール";
    assertThat(site.doveadm("mailbox create -u " + USER + " " + wide).code()).isZero();
    try (Tmux shell = shell()) {
      shell.line("-f table mailbox status -u " + USER + " messages '*'").awaits(wide);
      shell.awaitsLine("admin>");
      List<Integer> widths =
          shell.screen().stream()
              .filter(row -> row.matches("(INBOX|Sent|Trash|" + wide + ") .*[0-9]"))
              .map(TextWidth::of)
              .distinct()
              .toList();
      assertThat(widths).hasSize(1); // numbers stand to the right, all rows end together
    }
  }

  @Test
  void controlCInARunOverManyUsersGivesTheSummaryAndThePrompt() throws Exception {
    addUsers();
    try (Tmux shell = shell()) {
      shell.line("search -A subject nothing").awaits("search: ").press("C-c").awaits("not begun");
      shell.awaits("Stopped; users that were not begun are unchanged").awaitsLine("admin>");
      shell.line("use " + USER).awaitsLine(USER + ">");
    }
  }

  @Test
  void aClientThatVanishesLeavesNothingBehind() throws Exception {
    addUsers();
    try (Tmux shell = shell()) {
      shell.line("search -A body nothing").awaits("search: ");
      assertThat(site.doveadm("who").out()).contains("search -A body nothing");
      shell.kill();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (site.doveadm("who").out().contains("search -A body nothing")) {
        assertThat(System.nanoTime()).as("it ends").isLessThan(end);
      }
    }
  }

  @Test
  void whatIsLongerThanTheScreenIsShownInAPagerWithASearch() throws Exception {
    addUsers();
    try (Tmux shell = shell()) {
      shell.line("user '*'").awaits("h help, q leave").awaits("user0001@example.com");
      shell.type("/bulk005000").press("Enter").awaits("bulk005000@example.net");
      shell.type("G").awaits("bulk099999@example.net").awaits("(end)");
      shell.type("q").awaitsLine("admin>");
    }
  }

  @Test
  void theLastResultIsShownAgainInAnotherOrderAndFormat() throws Exception {
    try (Tmux shell = shell()) {
      shell.line("user '*.com'").awaits("user0003@example.com").awaitsLine("admin>");
      shell.press("C-l").line("last -f json --where 'user=user0001*'");
      shell.awaits("[{\"user\":\"user0001@example.com\"}]").awaitsLine("admin>");
      shell.press("C-l").line("last --sort 'user desc'").awaitsLine("admin>");
      assertThat(shell.screen())
          .containsSubsequence("user0003@example.com", "user0001@example.com");
    }
  }

  @Test
  void topShowsARunWhichIsSlowedDownAndStoppedFromThere() throws Exception {
    addUsers();
    try (Tmux worker = shell();
        Tmux shell = shell()) {
      worker.line("search -A subject nothing").awaits("search: ");
      shell.line("top").awaits("search -A subject nothing").awaits("users/s");
      shell.press("Down").type("k").awaits("y/n").type("n").awaits("Nothing was stopped");
      shell.type("s").awaits("Users a second").line("50").awaits("Slowed down");
      shell.type("k").awaits("y/n").type("y");
      worker.awaits("Ended by an administrator (kick)").awaitsLine("admin>");
      shell.awaits("no run", rows -> rows.get(0).startsWith("0 runs"));
      shell.press("Up", "Up").type("s").awaits("Only runs can be slowed down");
      shell.resize(40, 12).awaits("no line is cut by the terminal", rows -> rows.size() <= 12);
      shell.type("q").awaits("admin> top").awaitsLine("admin>");
    }
  }

  @Test
  void mailsOfSeveralUsersAreTakenAwayOnlyAfterAnAnswer() throws Exception {
    String line = "expunge -u '*@example.com' mailbox INBOX all";
    String count = "search -u '*@example.com' mailbox INBOX all";
    int before = site.doveadm(count).lines().size();
    try (Tmux shell = shell()) {
      shell.line(line).awaits("?").line("no").awaitsLine("admin>");
      assertThat(site.doveadm(count).lines()).hasSize(before);
      shell.press("C-l").line(line).awaits("?").line("yes").awaits("expunged").awaitsLine("admin>");
      assertThat(site.doveadm(count).lines()).isEmpty();
    }
  }

  @Test
  void aDumbTerminalGetsPlainLines() throws Exception {
    try (Tmux shell = new Tmux(directory, "dumb", site.ssh("admin", "-t")).awaitsLine("admin>")) {
      shell.line("use " + USER).awaitsLine(USER + ">");
      shell.line("mailbox list").awaits("Trash").awaitsLine(USER + ">");
      shell.line("top").awaits("0 runs").type("q").awaitsLine(USER + ">");
    }
  }

  @Test
  void whatMailsAndUsersAreCalledNeverDrivesTheTerminal() throws Exception {
    String title = "\u001b]2;owned\u0007\u001b[2J";
    Files.createDirectories(site.maildir(USER).resolve(".a" + title + "/cur"));
    Files.createDirectories(site.maildir(USER).resolve(".a" + title + "/new"));
    Files.createDirectories(site.maildir(USER).resolve(".a" + title + "/tmp"));
    Files.writeString(
        site.maildir(USER).resolve("new/9.evil"),
        "Subject: raw " + title + "\u202e =?utf-8?Q?=1B]2;owned=07=1B[2J?=\n\nx\n");
    try (Tmux shell = shell()) {
      shell.line("mailbox list -u " + USER).awaits("Trash").awaitsLine("admin>");
      shell.line("fetch -u " + USER + " 'hdr.subject.utf8 hdr.subject' subject raw");
      shell.awaits("raw").awaitsLine("admin>");
      shell.line("use 'a" + title + "'").awaitsLine("admin>");
      assertThat(shell.title()).doesNotContain("owned");
      assertThat(String.join("", shell.screen())).contains("Trash").contains("\ufffd");
    }
  }

  @Test
  void aThousandPastedLinesAreCarriedOutOneAfterAnother() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i < 1000; i++) {
      lines.append("use user%04d@example.com%n".formatted(i));
    }
    try (Tmux shell = shell()) {
      shell.paste(lines + "use " + USER + "\n");
      shell.press("Enter").awaitsLine(USER + ">");
    }
  }

  @Test
  void aScriptStopsAtTheLineThatFails() throws Exception {
    StringBuilder script = new StringBuilder();
    for (int i = 1; i <= 1000; i++) {
      script.append(
          i == 500 ? "mailbox status -u %s messages Nope\n" : "mailbox list -u %s INBOX\n");
    }
    List<String> words = site.ssh("admin", "-T");
    TestSite.Result result =
        site.exec(script.toString().replace("%s", USER).getBytes(), words.toArray(String[]::new));
    assertThat(result.code()).isEqualTo(68);
    assertThat(result.lines()).hasSize(499).containsOnly("INBOX");
    assertThat(result.error()).contains("500", "Nope");
  }
}
