package org.doveadmsshd.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Term;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.CommandLineOptions;
import org.doveadmsshd.command.Manual;
import org.doveadmsshd.command.Terms;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines that are completed by the shells themselves. */
@Timeout(60)
class CompletionScriptTest {
  @TempDir Path directory;

  private static final List<Option> GENERAL =
      Stream.concat(
              Stream.of(
                  Option.of('c', "config", Kind.FILE.named("file"), "x"),
                  Option.of('s', "server", Kind.SERVER.named("name"), "x")),
              CommandLineOptions.GLOBAL.stream())
          .toList();

  /** Has a program of this machine carry a script out; nothing if it is not there. */
  private List<String> run(String shell, String script, String... arguments) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin", shell)), shell + " is installed");
    Path file =
        Files.writeString(
            directory.resolve("completion." + shell), CompletionScript.of(shell, GENERAL));
    List<String> words = new ArrayList<>(List.of(shell, "-c", script, file.toString()));
    words.addAll(List.of(arguments));
    Files.writeString(directory.resolve("users.txt"), "");
    Files.writeString(
        directory.resolve("my.conf"), "#server x {\nserver web1 {\n}\n  server web2{\n}\n");
    Path printed = directory.resolve("printed");
    Process process =
        new ProcessBuilder(words)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();
    process.getOutputStream().close();
    boolean ended = process.waitFor(30, TimeUnit.SECONDS);
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    assertThat(ended).as("it ends").isTrue();
    return Files.readAllLines(printed, StandardCharsets.UTF_8);
  }

  /** What bash puts into a line for it. */
  private List<String> bash(String line) throws Exception {
    String script =
        ". \"$0\"; COMP_LINE=$1 COMP_POINT=${#1}; _doveadm_ssh; "
            + "[ ${#COMPREPLY[@]} = 0 ] || printf '%s\\n' \"${COMPREPLY[@]}\"";
    return run("bash", script, line);
  }

  /** What fish offers, without meanings. */
  private List<String> fish(String line) throws Exception {
    return run("fish", "source $argv[1]; complete -C $argv[2]", line).stream()
        .map(each -> each.replaceFirst("\t.*", ""))
        .toList();
  }

  @ParameterizedTest
  @CsvFileSource(
      resources = "completions.csv",
      delimiter = '|',
      quoteCharacter = '`',
      ignoreLeadingAndTrailingWhitespace = false)
  void bashCompletes(String line, String offered, String notOffered) throws Exception {
    check(bash(line), offered, notOffered);
  }

  @ParameterizedTest
  @CsvFileSource(
      resources = "completions.csv",
      delimiter = '|',
      quoteCharacter = '`',
      ignoreLeadingAndTrailingWhitespace = false)
  void fishCompletes(String line, String offered, String notOffered) throws Exception {
    List<String> found =
        fish(line).stream().map(each -> each.replaceFirst("^--formatter=", "")).toList();
    check(found, offered.replace("\\", ""), notOffered);
  }

  private static void check(List<String> found, String offered, String notOffered) {
    assertThat(found).contains(offered.split(","));
    if (notOffered != null) {
      assertThat(found).doesNotContain(notOffered.split(","));
    }
    assertThat(found).doesNotHaveDuplicates();
  }

  /** A line typed to an interactive zsh, with Tab at its end: what stands there then. */
  @ParameterizedTest
  @CsvFileSource(
      resources = "typed.csv",
      delimiter = '|',
      quoteCharacter = '`',
      ignoreLeadingAndTrailingWhitespace = false)
  void zshCompletesAtATerminal(String line, String completed) throws Exception {
    String script =
        """
        zmodload zsh/zpty
        zpty z zsh -f -i
        zpty -w z "PS1=; stty cols 200; autoload -U compinit; compinit -u -D; . $0; print REA''DY"
        zpty -r z said '*READY*'
        zpty -w -n z "$1"$'\t'
        zpty -r z said "*$2*" && print found
        """;
    assertThat(run("zsh", script, line, completed)).as(line).containsExactly("found");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh", "fish"})
  void allThatTheCatalogHasIsInIt(String shell) {
    String script = CompletionScript.of(shell, GENERAL);
    List<Manual> manuals = new ArrayList<>(CommandCatalog.manuals());
    manuals.addAll(OwnCommands.ALL);
    for (Manual manual : manuals) {
      assertThat(script).contains(manual.name());
      CommandLineOptions.behind(manual)
          .forEach(option -> assertThat(script).contains("--" + option.name()));
    }
    for (Terms terms : Terms.values()) {
      for (Term term : terms.glossary().terms()) {
        String typed = term.name().toLowerCase(Locale.ROOT).replaceFirst("<.*", "");
        assertThat(script).contains(typed);
        if (typed.equals(term.name().toLowerCase(Locale.ROOT))) { // others begin alike
          assertThat(script).contains(term.meaning().split("[\\\\']")[0]);
        }
      }
    }
    CommandLineOptions.FORMATTERS.forEach(each -> assertThat(script).contains(each));
  }

  static Stream<Manual> manuals() {
    return Stream.concat(CommandCatalog.manuals().stream(), OwnCommands.ALL.stream());
  }

  @ParameterizedTest
  @MethodSource("manuals")
  void everyCommandAndItsOptionsAreOffered(Manual manual) throws Exception {
    String last = manual.name().replaceFirst(".* ", "");
    String before = manual.name().substring(0, manual.name().length() - last.length());
    assertThat(bash("doveadm-ssh " + before)).contains(last);
    List<String> options =
        CommandLineOptions.behind(manual).stream().map(option -> "--" + option.name()).toList();
    assertThat(bash("doveadm-ssh " + manual.name() + " --")).containsAll(options);
  }
}
