package org.doveadmsshd.shell;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.ShellWord;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Program;
import org.doveadmsshd.base.options.Term;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.CommandLineOptions;
import org.doveadmsshd.command.Manual;
import org.doveadmsshd.command.Terms;
import org.doveadmsshd.protocol.Limits;

/**
 * {@code doveadm-ssh completion}: scripts by which shells complete command lines, made from the
 * catalog. What may come next is found by functions that any POSIX shell understands ({@code
 * candidates.sh}, and the tables made here); each shell has but a few lines of its own around them.
 */
final class CompletionScript {
  /** Shells that there are scripts for. */
  static final List<String> SHELLS = List.of("bash", "zsh", "fish");

  /** Options before a command: its own, and doveadm's. */
  private final List<Option> general;

  private final StringBuilder text = new StringBuilder();

  private CompletionScript(List<Option> general) {
    this.general = general;
  }

  /** Prints the script for the shell that is named. */
  static int run(List<String> arguments, List<Option> general) throws Failure {
    Program program = OwnCommands.program(OwnCommands.COMPLETION);
    Words words = program.parse(arguments);
    if (program.tells(words, Limits.PROTOCOL)) {
      return 0;
    }
    if (words.positionals().size() != 1 || !SHELLS.contains(words.positionals().get(0))) {
      return program.explain();
    }
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    out.print(of(words.positionals().get(0), general));
    return 0;
  }

  /** The script for a shell. */
  static String of(String shell, List<Option> general) {
    String core = resource("candidates.sh") + new CompletionScript(general).tables();
    String own = resource("completion." + shell);
    return switch (shell) {
      case "zsh" -> "#compdef " + OwnCommands.PROGRAM + "\n\n" + core + own;
      case "fish" -> {
        String script = core + "_doveadm_ssh_candidates \"$@\"\n";
        String quoted = script.replace("\\", "\\\\").replace("'", "\\'");
        yield "set -g __doveadm_ssh_core '" + quoted + "'\n" + own;
      }
      default -> core + own;
    };
  }

  private static String resource(String name) {
    try (InputStream in = CompletionScript.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(name + " is part of the program", e);
    }
  }

  private static List<Manual> manuals() {
    List<Manual> manuals = new ArrayList<>(OwnCommands.ALL);
    manuals.addAll(CommandCatalog.manuals());
    manuals.sort((one, other) -> one.name().compareTo(other.name()));
    return manuals;
  }

  private String tables() {
    function("commands", () -> manuals().forEach(each -> line(each.name(), each.summary())));
    function("options", this::options);
    cases("synopsis", "$1", synopses());
    cases("argument", "$1 $2", optionArguments());
    for (Terms terms : Terms.values()) {
      terms(terms);
    }
    return text.toString();
  }

  private void terms(Terms terms) {
    List<Term> all =
        terms.glossary().terms().stream().filter(term -> !term.name().startsWith("<")).toList();
    String name =
        switch (terms) {
          case SEARCH_KEYS -> "key";
          case PART_KEYS -> "part";
          case FETCH_FIELDS -> "field";
        };
    Map<String, String> meanings = new LinkedHashMap<>();
    all.forEach(term -> meanings.putIfAbsent(word(term), term.meaning()));
    function(name + "s", () -> meanings.forEach(this::line));
    Map<String, String> slots = new LinkedHashMap<>();
    all.forEach(term -> slots.put(word(term), Slots.of(term.arguments())));
    cases(name, "$1", slots);
  }

  /** As it is typed; of a family what they begin with. */
  private static String word(Term term) {
    return term.name().toLowerCase(Locale.ROOT).replaceFirst("<.*", "");
  }

  private void options() {
    text.append("  case $1 in\n    '')\n");
    general.forEach(this::option);
    text.append("      ;;\n");
    for (Manual manual : manuals()) {
      text.append("    ").append(ShellWord.of(manual.name())).append(")\n");
      CommandLineOptions.behind(manual).forEach(this::option);
      text.append("      ;;\n");
    }
    text.append("  esac\n");
  }

  private void option(Option option) {
    names(option).forEach(name -> line(name, option.help()));
  }

  private static List<String> names(Option option) {
    String name = "--" + option.name();
    return option.letter() == 0 ? List.of(name) : List.of("-" + option.letter(), name);
  }

  private static Map<String, String> synopses() {
    Map<String, String> slots = new LinkedHashMap<>();
    manuals().forEach(manual -> slots.put(manual.name(), Slots.of(manual.synopsis())));
    return slots;
  }

  /**
   * What follows an option, by the command and the option; by a blank and the option before one.
   */
  private Map<String, String> optionArguments() {
    Map<String, String> slots = new LinkedHashMap<>();
    general.forEach(option -> argument(slots, "", option));
    for (Manual manual : manuals()) {
      CommandLineOptions.behind(manual).forEach(option -> argument(slots, manual.name(), option));
    }
    return slots;
  }

  private static void argument(Map<String, String> slots, String command, Option option) {
    if (option.hasArgument()) {
      String taken = Slots.of(option.argument().orElseThrow());
      names(option).forEach(name -> slots.put(command + " " + name, taken));
    }
  }

  private void function(String name, Runnable body) {
    text.append("_doveadm_ssh_").append(name).append("() {\n");
    body.run();
    text.append("  return 0\n}\n\n");
  }

  /** A function that sets {@code reply} to slots, and {@code found} if its argument is known. */
  private void cases(String name, String value, Map<String, String> slots) {
    Map<String, List<String>> words = new LinkedHashMap<>();
    slots.forEach((word, each) -> words.computeIfAbsent(each, any -> new ArrayList<>()).add(word));
    function(
        name,
        () -> {
          text.append("  found=1\n  case \"").append(value).append("\" in\n");
          words.forEach(
              (each, same) -> {
                String pattern = String.join("|", same.stream().map(ShellWord::of).toList());
                text.append("    %s) reply='%s' ;;\n".formatted(pattern, each));
              });
          text.append("    *) found= reply= ;;\n  esac\n");
        });
  }

  private void line(String word, String meaning) {
    text.append("      printf '%s\\t%s\\n' ").append(ShellWord.of(word)).append(' ');
    text.append(ShellWord.of(meaning)).append('\n');
  }
}
