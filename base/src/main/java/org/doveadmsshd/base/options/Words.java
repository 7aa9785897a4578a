package org.doveadmsshd.base.options;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Nearest;

/**
 * The words after a command, told apart: options may stand anywhere, as in GNU getopt, until {@code
 * --}.
 *
 * @param options values by long name; the empty string for an option without argument
 * @param positionals all other words, in order
 */
public record Words(Map<String, String> options, List<String> positionals) {
  public Words {
    positionals = List.copyOf(positionals);
  }

  /**
   * Takes words apart.
   *
   * @param known the options there are
   * @throws Failure with exit code 64 for an option that is not known or lacks its argument
   */
  public static Words parse(String command, List<Option> known, List<String> words) throws Failure {
    return parse(new Caller(command + ": ", "doveadm help " + command), known, words, true);
  }

  /** As {@link #parse}, for a caller that puts its name before messages itself. */
  static Words ofProgram(String program, List<Option> known, List<String> words, boolean permute)
      throws Failure {
    return parse(new Caller("", program + " --help"), known, words, permute);
  }

  /**
   * The command or program that the options belong to, for messages.
   *
   * @param prefix before a message
   * @param help the command that tells more
   */
  private record Caller(String prefix, String help) {}

  /**
   * As {@link #parse(String, List, List)}, but everything after the first positional is one.
   *
   * @param command empty for the words before any command
   */
  public static Words parseUntilPositional(String command, List<Option> known, List<String> words)
      throws Failure {
    String prefix = command.isEmpty() ? "" : command + ": "; // whoever says it begins with doveadm
    String help = command.isEmpty() ? "doveadm help" : "doveadm help " + command;
    return parse(new Caller(prefix, help), known, words, false);
  }

  private static Words parse(Caller caller, List<Option> known, List<String> words, boolean permute)
      throws Failure {
    Map<String, String> options = new LinkedHashMap<>();
    List<String> positionals = new ArrayList<>();
    Reader reader = new Reader(caller, known, words, options);
    while (reader.at < words.size()) {
      String word = words.get(reader.at++);
      if (word.equals("--")) {
        positionals.addAll(words.subList(reader.at, words.size()));
        break;
      }
      if (word.startsWith("--")) {
        reader.longOption(word.substring(2));
      } else if (word.startsWith("-") && word.length() > 1) {
        reader.letters(word);
      } else {
        positionals.add(word);
        if (!permute) {
          positionals.addAll(words.subList(reader.at, words.size()));
          break;
        }
      }
    }
    return new Words(options, positionals);
  }

  /**
   * Says that a command takes no words but its options.
   *
   * @param command as it is typed
   * @throws Failure when there are any
   */
  public void requireNone(String command) throws Failure {
    if (!positionals.isEmpty()) {
      throw Failure.usage(command + " takes no arguments");
    }
  }

  public boolean has(String option) {
    return options.containsKey(option);
  }

  public Optional<String> value(String option) {
    return Optional.ofNullable(options.get(option));
  }

  /**
   * The number an option has, from 1 to what fits into 32 bits; empty without the option.
   *
   * @throws Failure with exit code 64 for anything else
   */
  public OptionalLong number(String option) throws Failure {
    Optional<String> text = value(option);
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    long number = text.get().matches("[0-9]{1,10}") ? Long.parseLong(text.get()) : 0;
    if (number < 1 || number >= 0xffffffffL) {
      throw Failure.usage("Invalid --" + option + ": " + text.get());
    }
    return OptionalLong.of(number);
  }

  /** The words as the worker gets them: the options of the command, then the positionals. */
  public List<String> forwarded(List<Option> ofCommand) {
    List<String> words = new ArrayList<>();
    for (Option option : ofCommand) {
      if (has(option.name())) {
        String value = options.get(option.name());
        boolean attached = !option.hasArgument() && !value.isEmpty();
        words.add("--" + option.name() + (attached ? "=" + value : ""));
        if (option.hasArgument()) {
          words.add(value);
        }
      }
    }
    words.add("--");
    words.addAll(positionals);
    return words;
  }

  /** Reads options. */
  private static final class Reader {
    private final Caller caller;
    private final List<Option> known;
    private final List<String> words;
    private final Map<String, String> options;
    private int at;

    Reader(Caller caller, List<Option> known, List<String> words, Map<String, String> options) {
      this.caller = caller;
      this.known = known;
      this.words = words;
      this.options = options;
    }

    void longOption(String text) throws Failure {
      int equals = text.indexOf('=');
      String name = equals < 0 ? text : text.substring(0, equals);
      Option option =
          known.stream()
              .filter(o -> o.name().equals(name))
              .findFirst()
              .orElseThrow(() -> unknown("--" + name));
      if (equals >= 0 && option.argument().isEmpty()) {
        throw Failure.usage(caller.prefix() + "option --" + name + " takes no argument");
      }
      put(option, equals >= 0 ? text.substring(equals + 1) : argument(option, "--" + name));
    }

    void letters(String word) throws Failure {
      for (int i = 1; i < word.length(); i++) {
        char letter = word.charAt(i);
        Option option =
            known.stream()
                .filter(o -> o.letter() == letter)
                .findFirst()
                .orElseThrow(() -> unknown("-" + letter));
        if (option.hasArgument() && i + 1 < word.length()) {
          put(option, word.substring(i + 1));
          return;
        }
        put(option, argument(option, "-" + letter));
      }
    }

    private void put(Option option, String value) throws Failure {
      if (option.isOnce() && options.containsKey(option.name())) {
        throw Failure.usage(caller.prefix() + "option --" + option.name() + " stands twice");
      }
      String before = option.isRepeatable() ? options.get(option.name()) : null;
      options.put(option.name(), before == null ? value : before + Option.AGAIN + value);
    }

    private String argument(Option option, String shown) throws Failure {
      if (!option.hasArgument()) {
        return "";
      }
      if (at == words.size()) {
        throw Failure.usage(
            caller.prefix()
                + "option "
                + shown
                + " needs a "
                + option.argument().orElseThrow().text());
      }
      return words.get(at++);
    }

    private Failure unknown(String shown) {
      List<String> names = known.stream().map(option -> "--" + option.name()).toList();
      return Failure.usage(
          "%sunknown option %s%s (see: %s)"
              .formatted(caller.prefix(), shown, Nearest.question(shown, names), caller.help()));
    }
  }
}
