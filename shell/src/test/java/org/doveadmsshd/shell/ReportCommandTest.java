package org.doveadmsshd.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.doveadmsshd.testing.ProgramCall;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code doveadm-ssh report}: where reports go, and what is said when none can be made. */
@Timeout(120)
class ReportCommandTest {
  private static final String HEADER =
      "{\"journal\":1,\"command\":\"expunge\",\"arguments\":[\"expunge\"],"
          + "\"started\":\"2026-03-01T03:00:00Z\",\"now\":\"2026-03-01T03:00:00Z\"}\n";

  private static final String USER =
      "{\"user\":\"joe\",\"run\":1,\"server\":\"mail1\",\"outcome\":\"ok\",\"attempts\":1}\n";

  @TempDir private Path home;

  @BeforeEach
  void journals() throws IOException {
    Files.writeString(home.resolve("a.journal"), HEADER + USER);
    Files.writeString(home.resolve("damaged.journal"), HEADER + USER + "nonsense\n");
    Files.writeString(home.resolve("newer.journal"), HEADER.replace(":1,", ":99,"));
    Files.writeString(home.resolve("foreign"), "From: joe\n");
    Files.writeString(home.resolve("there.html"), "precious");
    Files.createDirectory(home.resolve("folder"));
  }

  private ProgramCall call(String line) throws Exception {
    return ProgramCall.of(
        home, "org.doveadmsshd.shell.Main", ("report " + line).strip().split(" "));
  }

  @Test
  void thePageIsForItsOwnerAlone() throws Exception {
    ProgramCall called = call("a.journal -o run.html");
    assertThat(called.error()).isEmpty();
    assertThat(called.out()).isEmpty();
    assertThat(called.code()).isZero();
    Path page = home.resolve("run.html");
    assertThat(Files.readString(page)).startsWith("<!doctype html>").endsWith("</html>\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(page)))
        .isEqualTo("rw-------");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a.journal -o - | <!doctype html>",
        "a.journal --csv | user,server,lane,",
        "a.journal --csv -o - | user,server,lane,",
        "a.journal a.journal --json | {\"report\":1,"
      })
  void aReportMayGoToStandardOutput(String line, String begin) throws Exception {
    ProgramCall called = call(line);
    assertThat(called.error()).isEmpty();
    assertThat(called.out()).startsWith(begin).contains("joe");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | 64 | usage: doveadm-ssh report [options] <journal> [...]",
        "a.journal | 64 | Where is the page to go? -o run.html, or -o - for standard output",
        "a.journal --csv --json | 64 | --csv and --json are two reports; choose one",
        "a.journal --nonsense | 64 | unknown option --nonsense",
        "nowhere -o run.html | 64 | There is no journal nowhere",
        "folder -o run.html | 64 | The journal folder is no plain file",
        "foreign -o run.html | 65 | The journal foreign is damaged at line 1: it is no JSON",
        "a.journal damaged.journal -o run.html | 65 | damaged.journal is damaged at line 3",
        "newer.journal -o run.html | 78 | is of format 99, and this program reads up to 1",
        "a.journal -o there.html | 73 | there.html is there already; --force takes its place",
        "a.journal -o folder --force | 73 | folder is there and no plain file",
        "a.journal -o no/where.html | 73 | Cannot write no/where.html: No such file or directory",
        "a.journal -o a.journal --force | 64 | a.journal is a journal; the report needs a file",
        "a.journal -o folder/../a.journal --force | 64 | is a journal"
      })
  void whatCannotBeIsOneLineAndNothingIsChanged(String line, int code, String says)
      throws Exception {
    ProgramCall called = call(line);
    assertThat(called.error()).contains(says).doesNotContain("Exception");
    assertThat(called.code()).isEqualTo(code);
    assertThat(called.out()).isEmpty();
    assertThat(Files.readString(home.resolve("there.html"))).isEqualTo("precious");
    assertThat(Files.readString(home.resolve("a.journal"))).isEqualTo(HEADER + USER);
    try (Stream<Path> files = Files.list(home)) {
      assertThat(files.map(Path::getFileName).map(Path::toString))
          .noneMatch(name -> name.equals("run.html") || name.startsWith(".report"));
    }
  }

  @Test
  void aFileThatIsThereIsReplacedWhenThatIsWanted() throws Exception {
    assertThat(call("a.journal --force -o there.html").code()).isZero();
    assertThat(Files.readString(home.resolve("there.html"))).contains("joe");
  }
}
