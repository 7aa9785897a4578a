package org.doveadmsshd.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.testing.ProgramCall;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code doveadm-ssh servers} as it is called. Nothing answers at the servers' sockets. */
@Timeout(120)
class ServersCommandTest {
  @TempDir Path home;

  @BeforeEach
  void configure() throws Exception {
    Files.writeString(
        home.resolve("my.conf"),
        """
        state_directory = state
        known_hosts = known
        server web1 {
          socket = nothing1
          workers = 3
        }
        server web2 {
          socket = nothing2
        }
        """);
  }

  private ProgramCall call(String... words) throws Exception {
    List<String> line = new ArrayList<>(List.of("-c", "my.conf"));
    line.addAll(List.of(words));
    return ProgramCall.of(home, "org.doveadmsshd.shell.Main", line.toArray(String[]::new));
  }

  private Path states() {
    return home.resolve("state/servers");
  }

  @Test
  void aServerThatCannotBeReachedIsARowAndMakesTheExitCode75() throws Exception {
    ProgramCall called = call("-f", "tab", "servers");
    assertThat(called.code()).as(called.error()).isEqualTo(75);
    List<String> lines = called.out().lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0))
        .startsWith("server\tstate\tlanes\tused\tusers/s\tround trip ms\tclock ahead s\t");
    assertThat(lines.get(1)).startsWith("web1\tunreachable\t3\t").contains("No such file");
    assertThat(lines.get(2)).startsWith("web2\tunreachable\t8\t");
    assertThat(call("-f", "json", "servers", "web2").out())
        .startsWith("[{\"server\":\"web2\",\"state\":\"unreachable\",\"lanes\":\"8\",");
  }

  @Test
  void whatIsSaidOfAServerIsRememberedWithWhoAndWhen() throws Exception {
    ProgramCall called = call("servers", "drain", "web1");
    assertThat(called.code()).as(called.error()).isZero();
    assertThat(called.out()).isEqualTo("web1: drain, was up\n");
    assertThat(Files.getPosixFilePermissions(states()))
        .isEqualTo(PosixFilePermissions.fromString("rw-rw----"));
    assertThat(call("servers", "drain", "web1").out()).startsWith("web1: drain already (");
    List<String> row = List.of(call("-f", "tab", "-h", "servers", "web1").out().split("\t"));
    assertThat(row.subList(0, 2)).containsExactly("web1", "drain");
    assertThat(row.get(8)).isNotEmpty();
    assertThat(row.get(9)).matches("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}");
    called = call("search", "-u", "jane", "all");
    assertThat(called.code()).isEqualTo(75);
    assertThat(called.error()).contains("web2").doesNotContain("web1: ");
    assertThat(call("servers", "up", "web1", "web1").out()).startsWith("web1: up, was drain (");
    assertThat(Files.readString(states())).isEqualTo("doveadm-ssh servers\t1\n");
  }

  @Test
  void aServerThatIsDownIsNotConnectedTo() throws Exception {
    assertThat(call("servers", "down", "web1", "web2", "--yes").code()).isZero();
    ProgramCall called = call("-f", "tab", "servers");
    assertThat(called.code()).as(called.error()).isZero();
    assertThat(called.out()).contains("web1\tdown\t3\t", "web2\tdown\t8\t");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "servers drain web | 64 | No server web in the configuration (did you mean web1?); there are: web1 web2",
        "servers web1 we2 | 64 | No server we2 in the configuration (did you mean web2?)",
        "servers darin web1 | 64 | No server darin in the configuration",
        "servers down | 64 | servers down: say which",
        "servers drain web1 web2 | 64 | That would leave no server to work on",
        "servers --timeout nonsense | 64 | Invalid --timeout: nonsense",
        "servers --timeout 0s | 64 | Invalid --timeout: 0s",
        "servers --nonsense | 64 | unknown option --nonsense",
        "-f nonsense servers | 75 | Unknown formatter: nonsense",
        "-s web3 servers | 78 | The configuration has no server web3",
      })
  void aMistakeIsSaidInOneLineAndChangesNothing(String line, int code, String says)
      throws Exception {
    ProgramCall called = call(line.split(" "));
    assertThat(called.error()).contains(says).hasLineCount(1);
    assertThat(called.code()).isEqualTo(code);
    assertThat(called.out()).isEmpty();
    assertThat(states()).doesNotExist();
  }

  @Test
  void aConfigurationWithoutServersIsToldOf() throws Exception {
    Files.writeString(home.resolve("my.conf"), "known_hosts = known\n");
    ProgramCall called = call("servers");
    assertThat(called.code()).isEqualTo(78);
    assertThat(called.error()).isEqualTo("doveadm: Error: The configuration has no server\n");
  }

  @Test
  void itsHelpNeedsNeitherServersNorRightWords() throws Exception {
    Files.delete(home.resolve("my.conf"));
    for (String line : List.of("servers --help", "-f tab servers --nonsense --help")) {
      ProgramCall called = call(line.split(" "));
      assertThat(called.code()).as(called.error()).isZero();
      assertThat(called.out()).startsWith("usage: doveadm-ssh servers [options]").contains("--yes");
      assertThat(called.error()).isEmpty();
    }
    assertThat(call("where", "--help").out()).startsWith("usage: doveadm-ssh where [options]");
  }

  /** A script carries lines out as the shell does. */
  private ProgramCall script(String... lines) throws Exception {
    Files.write(home.resolve("script"), List.of(lines));
    return call("run", "script");
  }

  @Test
  void aShellHasItAsTheCommandLineHas() throws Exception {
    ProgramCall called =
        script(
            "servers drain web1",
            "set format tab",
            "servers up web1",
            "where jane joe",
            "-f json where jane",
            "doveadm servers web2");
    assertThat(called.out())
        .startsWith("web1: drain, was up\nweb1: up, was drain (")
        .contains(
            "user\tserver\trule\tterm\njane\tweb1,web2\t",
            "\njoe\tweb1,web2\t",
            "[{\"user\":\"jane\",\"server\":\"web1,web2\",",
            "\nweb2\tunreachable\t8\t");
    assertThat(called.error())
        .contains("line 6: servers web2 (exit 75); nothing after it was done");
    assertThat(called.code()).isEqualTo(75);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "servers drain web | No server web in the configuration (did you mean web1?)",
        "servers --nonsense | servers: unknown option --nonsense",
        "where | where: say of whom",
        "where --nonsense | where: unknown option --nonsense",
        "trust web1 | Unknown command: trust (it is typed on an administrator's machine,"
            + " as a command line: doveadm-ssh trust)",
        "watch 5s servers | watch: only commands that change nothing can be watched",
      })
  void aShellSaysAMistakeInOneLine(String line, String says) throws Exception {
    ProgramCall called = script(line);
    assertThat(called.code()).as(called.error()).isEqualTo(64);
    assertThat(called.error())
        .contains("doveadm: Error: " + says, "doveadm: Error: line 1: ", " (exit 64)")
        .hasLineCount(2);
    assertThat(called.out()).isEmpty();
    assertThat(states()).doesNotExist();
  }

  @Test
  void aScriptIsCheckedForMistakesInIt() throws Exception {
    Files.write(
        home.resolve("script"),
        List.of("servers", "servers --nonsense", "where --help", "where -x"));
    ProgramCall called = call("run", "--check", "script");
    assertThat(called.code()).isEqualTo(64);
    assertThat(called.error())
        .contains("line 2: servers: unknown option --nonsense", "line 4: where: unknown option -x")
        .hasLineCount(2);
  }

  @Test
  void whoeverTypesTheOthersElsewhereIsToldWhere() {
    assertThat(OwnCommands.ALL)
        .allSatisfy(
            own -> {
              assertThat(CommandCatalog.elsewhere(own.name())).isPresent();
              assertThat(CommandCatalog.find(own.name())).isEmpty();
            });
  }

  @Test
  void oneOfTwoThatAreLeftMayBeDrainedButNotTheOther() throws Exception {
    assertThat(call("servers", "drain", "web2").code()).isZero();
    ProgramCall called = call("servers", "down", "web1");
    assertThat(called.code()).isEqualTo(64);
    assertThat(call("servers", "down", "web1", "--yes").code()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "web1\tdrain\tanna\t5\n",
        "doveadm-ssh servers\t1\nweb1\tdrain\tanna\n",
        "doveadm-ssh servers\t1\nweb1\tasleep\tanna\t5\n",
        "doveadm-ssh servers\t1\nweb1\tdrain\tanna\tyesterday\n",
        "doveadm-ssh servers\t1\nweb1\tdrain\tanna\t99999999999999999999\n",
        "doveadm-ssh servers\t1\n\n",
        "\u0000\u0001\u0002",
      })
  void nothingIsBegunWhereTheFileIsDamaged(String content) throws Exception {
    Files.createDirectory(home.resolve("state"));
    Files.writeString(states(), content);
    for (String line : List.of("servers", "servers up web1", "search -A all")) {
      ProgramCall called = call(line.split(" "));
      assertThat(called.code()).as(called.error()).isEqualTo(78);
      assertThat(called.error()).contains(states() + " is damaged: ").hasLineCount(1);
      assertThat(called.out()).isEmpty();
    }
    assertThat(states()).hasContent(content);
  }

  @Test
  void aFileOfANewerVersionIsLeftAlone() throws Exception {
    Files.createDirectory(home.resolve("state"));
    Files.writeString(states(), "doveadm-ssh servers\t2\nfuture\n");
    ProgramCall called = call("servers", "drain", "web1");
    assertThat(called.code()).isEqualTo(78);
    assertThat(called.error())
        .contains("was written by a newer doveadm-ssh (version 2 of the file)");
    assertThat(states()).hasContent("doveadm-ssh servers\t2\nfuture\n");
  }

  @Test
  void aStateDirectoryThatCannotBeMadeIsToldOf() throws Exception {
    Files.writeString(home.resolve("state"), "a file");
    ProgramCall called = call("servers", "drain", "web1");
    assertThat(called.code()).isEqualTo(73);
    assertThat(called.error()).contains("Cannot write ").hasLineCount(1);
  }
}
