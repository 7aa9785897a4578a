package org.doveadmsshd.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The words of doveadm-sshd: which belong to it, and which to keys and audit. */
class ProgramWordsTest {
  @TempDir Path directory;

  @BeforeEach
  void configure() throws Exception {
    Files.writeString(directory.resolve("good.conf"), "host_key = " + directory.resolve("key\n"));
    Files.writeString(directory.resolve("bad.conf"), "nonsense = 1\n");
  }

  /** As the program ends by it: a failure is a line on standard error. */
  private Printed call(String line) throws Exception {
    List<String> words =
        Stream.of(line.split(" "))
            .map(word -> word.replaceFirst("(good|bad|nowhere)\\.conf", directory + "/$0"))
            .toList();
    try {
      return Printed.of(() -> Main.run(words));
    } catch (Failure e) {
      return new Printed(e.outcome().exitCode(), "", e.getMessage() + "\n");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-x | 64 | unknown option -x (see: doveadm-sshd --help)",
        "--nonsense keys list | 64 | unknown option --nonsense (see: doveadm-sshd --help)",
        "-c | 64 | option -c needs a <file>",
        "--version=1 | 64 | option --version takes no argument",
        "serve | 64 | usage: doveadm-sshd [options]",
        "-c good.conf serve -x | 64 | usage: doveadm-sshd [options]",
        "-cgood.conf keys | 64 | usage: doveadm-sshd keys [-c <file>] list|rotate",
        "-cgood.conf keys list rotate | 64 | usage: doveadm-sshd keys ",
        "-cgood.conf keys lose | 64 | usage: doveadm-sshd keys ",
        "keys list --check-config | 64 | unknown option --check-config (see: doveadm-sshd keys",
        "audit | 64 | usage: doveadm-sshd audit verify <file>",
        "audit verify | 64 | usage: doveadm-sshd audit verify <file>",
        "audit forget x | 64 | usage: doveadm-sshd audit verify <file>",
        "audit verify -x | 64 | unknown option -x (see: doveadm-sshd audit --help)",
        "audit verify nowhere | 64 | There is no file nowhere",
        "-c nowhere.conf | 78 | nowhere.conf",
        "-cbad.conf --check-config | 78 | nonsense",
        "--config=bad.conf keys list | 78 | nonsense",
        "keys list -cbad.conf | 78 | nonsense",
        "-cgood.conf status | 78 | The server has no socket to be asked by: set a unix_listener",
        "-cbad.conf status | 78 | nonsense",
        "-cgood.conf check-mail -A | 78 | The configuration has no userdb section",
        "-cbad.conf check-mail -A | 78 | nonsense",
        "check-mail -A -cnowhere.conf | 78 | doveadm-sshd.conf",
      })
  void aMistakeIsSaidOnStandardErrorWithItsExitCode(String line, int code, String says)
      throws Exception {
    Printed called = call(line);
    assertThat(called.error()).contains(says).doesNotContain("Exception", "\tat ");
    assertThat(called.out()).isEmpty();
    assertThat(called.code()).isEqualTo(code);
    if (!called.error().startsWith("usage: ")) {
      assertThat(called.error().lines()).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--help | usage: doveadm-sshd [options]",
        "-h --version | usage: doveadm-sshd [options]",
        "-h audit | usage: doveadm-sshd [options]",
        "keys --help | usage: doveadm-sshd keys ",
        "keys list -h | usage: doveadm-sshd keys ",
        "audit verify --help | usage: doveadm-sshd audit ",
        "--version | doveadm-sshd ",
        "-cnowhere.conf --version | doveadm-sshd ",
        "-cgood.conf --check-config | good.conf: no mistakes found",
        "--check-config --config good.conf | good.conf: no mistakes found",
      })
  void whatIsAskedForStandsOnStandardOutput(String line, String begin) throws Exception {
    Printed called = call(line);
    assertThat(called.error()).isEmpty();
    assertThat(called.out()).contains(begin);
    assertThat(called.code()).isZero();
  }

  @Test
  void theConfigurationOfKeysMayBeNamedBeforeOrBehindTheWord() throws Exception {
    Printed called = call("-cbad.conf keys rotate -c good.conf");
    assertThat(called.code()).as(called.error()).isZero();
    assertThat(called.out()).contains("The next key was made");
    Path next = directory.resolve("key.next");
    assertThat(next).exists();
    called = call("--config=good.conf keys list");
    assertThat(called.code()).isZero();
    assertThat(called.out().lines().map(line -> line.split(" ")[0])).containsExactly("in", "next");
    assertThat(called.out()).contains(next.toString());
  }
}
