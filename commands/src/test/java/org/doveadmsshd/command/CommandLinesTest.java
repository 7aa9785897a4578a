package org.doveadmsshd.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Glossary;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.base.options.Term;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.storage.search.QueryGuide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Command lines made of what the catalog says of commands. */
class CommandLinesTest {
  private static final Command.Time TIME =
      new Command.Time(Instant.ofEpochSecond(1_800_000_000), () -> ZoneOffset.UTC);

  /** Something for each kind. */
  private static List<String> words(Argument argument) {
    Optional<String> choice =
        argument.choices().stream().filter(each -> !each.contains("<")).findFirst();
    if (choice.isPresent()) {
      return List.of(choice.get());
    }
    return switch (argument.kind()) {
      case USER, MASTER, MASTER_MASK, SERVER -> List.of("jane");
      case USER_MASK -> List.of("j*");
      case MAILBOX, NEW_MAILBOX -> List.of("INBOX");
      case MAILBOX_MASK -> List.of("*");
      case QUERY, NARROW_QUERY -> List.of("mailbox", "Trash", "savedbefore", "30d");
      case FIELDS -> List.of("all");
      case FIELD, KEY -> List.of("/private/key");
      case FLAGS -> List.of("\\Seen $label");
      case FILE -> List.of("-");
      case LOCATION -> List.of("maildir:~/old");
      case RATE -> List.of("30/min");
      case SPAN -> List.of("30s");
      case DATE -> List.of("2026-01-31");
      case NUMBER, ACTIVITY, NUMBER_SET, SIZE -> List.of("7");
      case SEARCH_KEY, PART_KEY -> List.of("from", "jane");
      case GUID -> List.of("0123456789abcdef0123456789abcdef");
      case COMMAND -> List.of("expunge", "mailbox", "Trash", "all");
      case TOPIC -> List.of("mailbox", "list");
      case SETTING -> List.of("plugin/quota=count:x");
      case SECRET -> List.of("sesame");
      case CHOICE -> throw new AssertionError(argument + " has nothing to choose from");
      case TEXT -> List.of(argument.name().equals("quota") ? "count:x" : "CRYPT");
    };
  }

  /** With what may be left out, or without; what may be repeated twice or once. */
  private static List<String> words(Syntax syntax, boolean full) {
    if (syntax instanceof Argument) {
      return words((Argument) syntax);
    }
    if (syntax instanceof Syntax.Literal) {
      return List.of(syntax.text());
    }
    if (syntax instanceof Syntax.Choice) {
      List<Syntax> parts = ((Syntax.Choice) syntax).parts();
      return words(parts.get(full ? parts.size() - 1 : 0), full);
    }
    List<String> words = new ArrayList<>();
    if (syntax instanceof Syntax.Sequence) {
      ((Syntax.Sequence) syntax).parts().forEach(part -> words.addAll(words(part, full)));
    } else {
      Syntax.Repetition times = (Syntax.Repetition) syntax;
      boolean isThere = full || !times.optional();
      words.addAll(isThere ? words(times.inside(), full) : List.of());
      words.addAll(full && times.repeated() ? words(times.inside(), true) : List.of());
    }
    return words;
  }

  static Stream<String> commands() {
    return CommandCatalog.all().stream().map(Command::name);
  }

  private static Words parse(Command command, List<String> words) throws Failure {
    List<Option> known = command.manual().options();
    return command.permutesOptions()
        ? Words.parse(command.name(), known, words)
        : Words.parseUntilPositional(command.name(), known, words);
  }

  private static void prepare(Command command, List<String> words) {
    try {
      assertThat(command.prepare(parse(command, words), TIME)).isNotNull();
    } catch (Failure e) { // a refusal of what Maildir has not is no mistake in the words
      String line = command.name() + " " + words + ": " + e;
      boolean elsewhere = command instanceof NotOnMaildirCommand && e.outcome() != Outcome.USAGE;
      assertThat(elsewhere || e.outcome() == Outcome.DATA_ERROR).as(line).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void whatTheSynopsisSaysIsTaken(String name) {
    Command command = CommandCatalog.find(name).orElseThrow();
    Syntax synopsis = command.manual().synopsis();
    for (boolean full : new boolean[] {false, true}) {
      List<String> words = words(synopsis, full);
      assertThat(synopsis.takes(words.size())).as(words.toString()).isTrue();
      prepare(command, words);
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyOptionIsTakenByBothItsNames(String name) throws Failure {
    Command command = CommandCatalog.find(name).orElseThrow();
    for (Option option : command.manual().options()) {
      List<String> argument = option.argument().map(CommandLinesTest::words).orElse(List.of());
      for (String word : List.of("--" + option.name(), "-" + option.letter())) {
        if (option.isWord(word)) {
          List<String> line = new ArrayList<>(List.of(word));
          line.addAll(argument);
          line.addAll(words(command.manual().synopsis(), false));
          assertThat(parse(command, line).value(option.name())).contains(String.join("", argument));
          prepare(command, line);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void oneWordTooFewIsAUsageErrorThatShowsTheSynopsis(String name) {
    Command command = CommandCatalog.find(name).orElseThrow();
    Syntax synopsis = command.manual().synopsis();
    if (synopsis.least() > 0) {
      List<String> words = Collections.nCopies(synopsis.least() - 1, "x");
      assertThatThrownBy(() -> command.prepare(parse(command, words), TIME))
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.USAGE))
          .hasMessageStartingWith("Usage: doveadm " + name + " ")
          .hasMessageEndingWith(" " + synopsis.text());
    }
  }

  @Test
  void everyKindOfArgumentIsThatOfSome() {
    Set<Kind> used = EnumSet.noneOf(Kind.class);
    for (Manual manual : CommandCatalog.manuals()) {
      manual.synopsis().arguments().forEach(argument -> used.add(argument.kind()));
      manual.options().forEach(option -> option.argument().ifPresent(a -> used.add(a.kind())));
    }
    for (List<Option> options : List.of(CommandLineOptions.GLOBAL, CommandLineOptions.SELECTION)) {
      options.forEach(option -> option.argument().ifPresent(a -> used.add(a.kind())));
    }
    for (Glossary glossary : List.of(QueryGuide.keys(), QueryGuide.partKeys())) {
      for (Term term : glossary.terms()) {
        term.arguments().arguments().forEach(argument -> used.add(argument.kind()));
      }
    }
    used.add(Kind.SERVER); // of doveadm-ssh and of the shell's statements
    assertThat(used).isEqualTo(EnumSet.allOf(Kind.class));
  }

  @Test
  void noTwoOptionsOfACommandHaveOneName() {
    for (Manual manual : CommandCatalog.manuals()) {
      List<Option> options = CommandLineOptions.behind(manual);
      assertThat(options.stream().map(Option::name)).as(manual.name()).doesNotHaveDuplicates();
      assertThat(options.stream().map(Option::letter).filter(letter -> letter != 0))
          .as(manual.name())
          .doesNotHaveDuplicates();
    }
  }

  /** What goes away for good, or to another mailbox. */
  @Test
  void commandsThatTakeMailsAwayByAQueryWantANarrowOne() {
    Map<String, Kind> kinds = new TreeMap<>();
    for (Command command : CommandCatalog.all()) {
      if (command.manual().access() == Access.DELETE) {
        command.manual().synopsis().arguments().stream()
            .map(Argument::kind)
            .filter(kind -> kind == Kind.QUERY || kind == Kind.NARROW_QUERY)
            .forEach(kind -> kinds.put(command.name(), kind));
      }
    }
    assertThat(kinds)
        .isEqualTo(
            Map.of(
                "deduplicate",
                Kind.QUERY,
                "expunge",
                Kind.NARROW_QUERY,
                "move",
                Kind.NARROW_QUERY));
  }

  @Test
  void everyCommandStandsInOneSection() {
    List<String> listed =
        CommandCatalog.sections().stream()
            .flatMap(section -> section.commands().stream())
            .map(Command::name)
            .toList();
    assertThat(listed).containsExactlyInAnyOrderElementsOf(commands().toList());
  }

  @Test
  void whatIsAnsweredWhereItIsTypedIsNoCommandOfAWorkerNorOfAScope() {
    assertThat(CommandCatalog.manuals())
        .hasSize(CommandCatalog.all().size() + 2)
        .contains(CommandCatalog.HELP, CommandCatalog.VERSION);
    for (Manual manual : CommandCatalog.answeredWhereTyped()) {
      assertThat(CommandCatalog.find(manual.name())).isEmpty();
      assertThat(CommandCatalog.scopeWords()).doesNotContain(manual.name());
    }
  }
}
