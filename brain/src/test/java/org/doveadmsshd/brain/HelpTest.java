package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.CommandLineOptions;
import org.doveadmsshd.command.Manual;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code doveadm help} says; it is answered without any server. */
class HelpTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();

  private int run(String line) throws Exception {
    Console console = new Console(InputStream.nullInputStream(), out, error, false, 80);
    Brain.Resources none = new FixedResources(List.of(), new MemoryBudget(1 << 20));
    return new Brain(Runnable::run, Clock.systemUTC())
        .run(List.of(line.split(" ")), console, none, started -> {});
  }

  private String help(String line) throws Exception {
    out.reset();
    assertThat(run(line)).isZero();
    assertThat(error.size()).isZero();
    return out.toString(StandardCharsets.UTF_8);
  }

  private static List<Manual> manuals() {
    return CommandCatalog.manuals();
  }

  private static List<Manual> manualsOfCommands() {
    return CommandCatalog.all().stream().map(command -> command.manual()).toList();
  }

  @ParameterizedTest
  @MethodSource("manuals")
  void theOverviewHasALineForEveryCommand(Manual manual) throws Exception {
    assertThat(help("help").lines())
        .anyMatch(
            line -> line.startsWith("  " + manual.name() + " ") && line.endsWith(manual.summary()));
  }

  @Test
  void theOverviewNamesTheOptionsOfAllCommandsOnce() throws Exception {
    String overview = help("help");
    for (List<Option> options : List.of(CommandLineOptions.GLOBAL, CommandLineOptions.SELECTION)) {
      for (Option option : options) {
        assertThat(overview).containsOnlyOnce("  " + option.usage() + " ");
      }
    }
    assertThat(overview).endsWith("else that of the first failure.\n");
    assertThat(help("--help")).isEqualTo(overview);
  }

  @ParameterizedTest
  @MethodSource("manualsOfCommands")
  void thePageOfACommandHasAllThatItsManualHas(Manual manual) throws Exception {
    String page = help("help " + manual.name());
    assertThat(page)
        .startsWith("usage: doveadm " + manual.name())
        .contains(manual.synopsis().text(), manual.summary(), manual.description())
        .endsWith("\nIn scopes: " + manual.access().text() + "\n");
    List<Option> options = CommandLineOptions.behind(manual);
    assertThat(page.contains("\nOptions:\n")).isEqualTo(!options.isEmpty());
    for (Option option : options) {
      assertThat(page).contains("  " + option.usage() + " ").contains(option.help());
    }
    String usage = page.substring(0, page.indexOf("\n\n"));
    assertThat(usage.contains(" -u <user>|-A|-F <file>")).isEqualTo(manual.isPerUser());
    assertThat(usage.contains(" [options]")).isEqualTo(!manual.options().isEmpty());
  }

  @ParameterizedTest
  @MethodSource("manualsOfCommands")
  void theUsageLineIsBrokenBeforeItIsTooLong(Manual manual) throws Exception {
    List<String> usage = help("help " + manual.name()).lines().toList();
    boolean broken = !usage.get(1).isEmpty();
    int whole = usage.get(0).length() + (broken ? usage.get(1).strip().length() : -1);
    assertThat(broken).isEqualTo(whole >= 90);
  }

  @ParameterizedTest
  @ValueSource(strings = {"help nosuch", "help mailbox", "--help search x"})
  void aCommandThatThereIsNotHasNoPage(String line) throws Exception {
    assertThat(run(line)).isEqualTo(64);
    assertThat(error.toString(StandardCharsets.UTF_8)).contains("Unknown command: ");
    assertThat(out.size()).isZero();
  }
}
