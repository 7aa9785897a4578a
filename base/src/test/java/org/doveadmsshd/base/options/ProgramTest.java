package org.doveadmsshd.base.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.options.Argument.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgramTest {
  private static final Program PROGRAM =
      new Program(
          "tool",
          List.of("[options] <command>"),
          List.of(
              Option.of('c', "config", Kind.FILE.named("file"), "x"),
              Option.flag('v', "verbose", "x")));

  private static List<String> words(String line) {
    return line.isEmpty() ? List.of() : List.of(line.split(" "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | '' | ''",
        "-cfile run | file | run",
        "-c file run | file | run",
        "--config=file run | file | run",
        "--config file run | file | run",
        "-vcfile run | file | run",
        "-c one -c two run | two | run",
        "-c file run -c other --help | file | run -c other --help",
        "-c file -- -c run | file | -c run",
        "-c -- run | -- | run",
        "- -v | '' | - -v",
      })
  void optionsEndWhereTheCommandBegins(String line, String config, String command) throws Failure {
    Words words = PROGRAM.parseUntilCommand(words(line));
    assertThat(words.value("config").orElse("")).isEqualTo(config);
    assertThat(words.positionals()).isEqualTo(words(command));
  }

  @Test
  void withoutACommandOptionsStandAnywhere() throws Failure {
    Words words = PROGRAM.parse(words("a -v b -cfile c"));
    assertThat(words.value("config")).contains("file");
    assertThat(words.has("verbose")).isTrue();
    assertThat(words.positionals()).containsExactly("a", "b", "c");
  }

  @Test
  void anUnknownOptionNamesTheProgramsHelp() {
    assertThatThrownBy(() -> PROGRAM.parseUntilCommand(words("-v -x run")))
        .isInstanceOf(Failure.class)
        .hasMessage("unknown option -x (see: tool --help)");
  }

  @Test
  void aFailureIsAnExitCodeAndSoIsAnOutputThatNobodyReads() {
    assertThat(PROGRAM.run(words("a b"), words -> words.size())).isEqualTo(2);
    Program.Body failing =
        words -> {
          throw new Failure(Outcome.NO_PERMISSION, "no");
        };
    assertThat(PROGRAM.run(List.of(), failing)).isEqualTo(77);
    Program.Body unread =
        words -> {
          throw new IOException("Broken pipe");
        };
    assertThat(PROGRAM.run(List.of(), unread)).isEqualTo(75);
  }

  @ParameterizedTest
  @CsvSource({
    "--help, help",
    "-h, help",
    "-x --help, help",
    "-h --version, help",
    "--version --nonsense, version",
    "run --help, ''",
    "-- --help, ''"
  })
  void whoAsksIsToldWhateverElseIsWrong(String line, String asked) throws Failure {
    Words words = PROGRAM.parseUntilCommand(words(line));
    for (String each : List.of("help", "version")) {
      assertThat(words.has(each)).as(each).isEqualTo(asked.equals(each));
    }
    assertThat(PROGRAM.parse(words("a --nonsense --help")).has("help")).isTrue();
  }
}
