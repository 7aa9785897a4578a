package org.doveadmsshd.shell;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.doveadmsshd.testing.ProgramCall;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scripts for doveadm-ssh; commands that need no server tell all there is to know. */
@Timeout(120)
class ScriptProgramTest {
  private static final String MAIN = "org.doveadmsshd.shell.Main";

  @TempDir Path home;

  private ProgramCall run(String script, String... options) throws Exception {
    Files.writeString(home.resolve("script"), script);
    String[] words = new String[options.length + 2];
    words[0] = "run";
    System.arraycopy(options, 0, words, 1, options.length);
    words[words.length - 1] = "script";
    return ProgramCall.of(home, MAIN, words);
  }

  private static String encoded(int number) {
    return "mailbox mutf7 Entwürfe" + number;
  }

  @Test
  void aFileIsCarriedOutCommandByCommand() throws Exception {
    ProgramCall called = run("# names\ndoveadm mailbox mutf7 'Entwürfe'\nmailbox mutf7 a\n");
    assertThat(called.error()).isEmpty();
    assertThat(called.out()).isEqualTo("Entw&APw-rfe\na\n");
    assertThat(called.code()).isZero();
  }

  @Test
  void theFirstFailureOfAThousandEndsItWithItsLineAndItsCode() throws Exception {
    ProgramCall called =
        run(
            IntStream.rangeClosed(1, 1000)
                .mapToObj(i -> i == 500 ? "search -A" : encoded(i))
                .collect(Collectors.joining("\n")));
    assertThat(called.code()).isEqualTo(64);
    assertThat(called.out().lines()).hasSize(499).last().isEqualTo("Entw&APw-rfe499");
    assertThat(called.error())
        .contains("line 500: search -A (exit 64); nothing after it was done")
        .hasLineCount(2);
  }

  @ParameterizedTest
  @CsvSource({
    "serach -u jane all, line 1: serach -u jane all (exit 64)",
    "use jane joe, line 1: use jane joe (exit 64)",
    "auht test jane secret, line 1: auht **** (exit 64)",
  })
  void wordsThatAreNoCommandAreShownUnlessOneMayBeAPassword(String line, String said)
      throws Exception {
    assertThat(run(line).error()).contains(said);
  }

  @Test
  void aCheckSaysAllMistakesAndDoesNothing() throws Exception {
    ProgramCall called =
        run(
            "use jane\nexpunge mailbox Trash all\nexpung all\nuse\nsearch all\nsave -u jane\n"
                + "save -u jane <<END\nx\nEND\nsearch -u jane 'a\nmailbox mutf7 a\n",
            "--check");
    assertThat(called.code()).isEqualTo(64);
    assertThat(called.out()).isEmpty();
    assertThat(called.error().lines().map(line -> line.replaceAll("(line [0-9]+): .*", "$1")))
        .containsExactly(
            "doveadm: Error: line 3",
            "doveadm: Error: line 5",
            "doveadm: Error: line 6",
            "doveadm: Error: line 10");
  }

  @Test
  void aScriptWithoutMistakesPassesTheCheck() throws Exception {
    ProgramCall called = run("search -A all\nhelp\nset format tab\non-error continue", "--check");
    assertThat(called.error()).isEmpty();
    assertThat(called.code()).isZero();
  }

  @Test
  void aCheckSaysWhereYesIsMissingIfScriptsMustSayIt() throws Exception {
    String script =
        "expunge -A mailbox Trash all\nexpunge -A --yes mailbox Trash all\n"
            + "use '*@example.org'\nmove Trash mailbox INBOX all\nexpunge -u jane mailbox Trash all\n";
    assertThat(run(script, "--check").code()).isZero();
    Path file = home.resolve(".config/doveadm-ssh.conf");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "scripts_ask = yes\n");
    ProgramCall called = run(script, "--check");
    assertThat(called.code()).isEqualTo(64);
    assertThat(called.error())
        .contains("line 1: expunge takes mails of several users away")
        .contains("line 4: move takes mails of several users away", "say --yes behind it")
        .hasLineCount(2);
  }

  @Test
  void helpKnowsWhatScriptsHaveBesideCommands() throws Exception {
    ProgramCall called = run("help on-error\nhelp use\n");
    assertThat(called.code()).isZero();
    assertThat(called.out()).contains("usage: on-error <action>", "usage: use ");
  }

  @Test
  void anEmptyScriptDoesNothingWell() throws Exception {
    ProgramCall called = ProgramCall.of(home, MAIN);
    assertThat(called.error()).isEmpty();
    assertThat(called.out()).isEmpty();
    assertThat(called.code()).isZero();
  }

  private Process piped(String... words) throws IOException {
    return new ProcessBuilder(ProgramCall.line(home, MAIN, words))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @Test
  void whatComesOnStandardInputIsCarriedOutAsItComes() throws Exception {
    Process process = piped();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (int i = 0; i < 3; i++) {
        process.getOutputStream().write((encoded(i) + "\n").getBytes(UTF_8));
        process.getOutputStream().flush();
        assertThat(out.readLine()).isEqualTo("Entw&APw-rfe" + i);
      }
      process.getOutputStream().close();
      assertThat(process.waitFor()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aSignalEndsAScriptThatWaitsForItsNextCommandAtOnce() throws Exception {
    Process process = piped("run", "-");
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      process.getOutputStream().write((encoded(1) + "\n").getBytes(UTF_8));
      process.getOutputStream().flush();
      assertThat(out.readLine()).isEqualTo("Entw&APw-rfe1");
      new ProcessBuilder("kill", "-INT", "" + process.pid()).start().waitFor();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(75);
    } finally {
      process.destroyForcibly();
    }
  }
}
