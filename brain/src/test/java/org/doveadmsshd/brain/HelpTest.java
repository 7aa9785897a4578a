package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.command.Access;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.CommandLineOptions;
import org.doveadmsshd.command.Manual;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code doveadm help} says; it is answered without any server. */
class HelpTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();

  private int run(String line) throws Exception {
    Console console = new Console(InputStream.nullInputStream(), out, error, false, 80);
    Brain.Resources none = new FixedResources(List.of(), new MemoryBudget(1 << 20).all());
    return new Brain(Runnable::run, Clock.systemUTC(), new About("doveadm"))
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
        .contains("\nIn scopes: " + manual.access().text() + "\n");
    List<Option> options = CommandLineOptions.behind(manual);
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
  @CsvSource({
    "help nosuch, nosuch",
    "--help search x, search x (did you mean search?)",
    "help serch, serch (did you mean search?)",
    "nosuch --help, nosuch",
    "help savedbefroe, savedbefroe (did you mean savedbefore?)",
    "help size.virtal, size.virtal (did you mean size.virtual?)",
    "help search kes, search kes (did you mean search keys?)"
  })
  void whatThereIsNotIsAnsweredWithTheNearestThatThereIs(String line, String said)
      throws Exception {
    assertThat(run(line)).isEqualTo(64);
    assertThat(error.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "doveadm: Error: Unknown command, search key or field: "
                + said
                + " (doveadm help lists the commands)\n");
    assertThat(out.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "expunge --help",
        "expunge -x --nosuch --help nonsense",
        "-f tab expunge -u jane --help",
        "-x expunge --help",
        "--help expunge",
        "help expunge --help"
      })
  void whateverElseIsWrongTheHelpOfACommandIsPrinted(String line) throws Exception {
    assertThat(help(line)).isEqualTo(help("help expunge"));
  }

  @Test
  void aWordBehindTwoDashesIsNotAnOptionThatAsksForHelp() throws Exception {
    assertThat(run("search -u jane -- subject --help nosuchkey")).isEqualTo(75);
    assertThat(error.toString(StandardCharsets.UTF_8)).contains("Unknown search key: nosuchkey");
  }

  @Test
  void aKeyIsExplainedWithAnExampleThatCanBeTyped() throws Exception {
    assertThat(help("help savedbefore"))
        .startsWith("search key: SAVEDBEFORE <date>\n\nit came into the mailbox before that\n")
        .endsWith("\n  doveadm search -u alice@example.org savedbefore 30d\n");
    assertThat(help("help keyword")).endsWith(" keyword '$Forwarded'\n");
    assertThat(help("help filename"))
        .startsWith("search key behind MIMEPART: FILENAME IS|CONTAINS|BEGINS|ENDS <name>\n");
    assertThat(help("help mimepart")).contains(help("help mimepart keys"));
  }

  @Test
  void aFieldIsExplainedWithWhatItMayBe() throws Exception {
    assertThat(help("help size.virtual"))
        .startsWith("fetch field: size.virtual\n\nbytes with CRLF")
        .endsWith("\n  size.virtual=5310\n");
    assertThat(help("help hdr.Subject.utf8")).startsWith("fetch field: hdr.<name>.utf8\n");
  }

  @Test
  void whatHasOneNameIsExplainedTogetherCommandsFirst() throws Exception {
    assertThat(help("help user"))
        .startsWith("usage: doveadm user ")
        .contains("fetch field: user\n");
    String text = help("help text");
    assertThat(text).startsWith("search key: TEXT <text>\n").contains("\nfetch field: text\n");
  }

  @Test
  void theFirstWordOfSeveralCommandsListsThem() throws Exception {
    assertThat(help("help quota"))
        .isEqualTo(
            """
            Commands:
              quota get                show what users have stored and may store
              quota recalc             count anew what users have stored
            """);
    assertThat(help("quota --help")).isEqualTo(help("help quota"));
  }

  @Test
  void aProgramsOwnCommandsComeFirst() throws Exception {
    Manual own =
        new Manual(
            "trust", Kind.TEXT.named("host"), "trust it", "All.\n", List.of(), false, Access.READ);
    Help help = new Help(new About("x", List.of(new About.Section("Own", "x ", List.of(own)))));
    assertThat(help.about(List.of())).contains("\n\nOwn\n  trust ");
    assertThat(help.about(List.of("trust")))
        .startsWith("usage: x trust <host>\n")
        .doesNotContain("In scopes");
  }

  @Test
  void fieldsThatLostTheirQuotesAreAnsweredWithTheLineAsItShouldBeTyped() throws Exception {
    assertThat(run("fetch -u jane uid flags mailbox INBOX")).isEqualTo(64);
    assertThat(error.toString(StandardCharsets.UTF_8))
        .contains("doveadm fetch -u jane \"uid flags\" mailbox INBOX . ")
        .contains("ssh … 'doveadm fetch -u jane \"uid flags\" mailbox INBOX'");
    error.reset();
    assertThat(run("fetch -A uid flags hdr.subject seen nosuch")).isEqualTo(75);
    assertThat(error.toString(StandardCharsets.UTF_8)).contains("Unknown search key: flags");
  }
}
