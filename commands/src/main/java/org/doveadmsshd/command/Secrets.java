package org.doveadmsshd.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.doveadmsshd.base.Nearest;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;

/**
 * Command lines as they may be shown: in logs, by {@code who}, in the audit log. Words that may be
 * passwords are left out.
 */
public final class Secrets {
  /** Stands for words that are left out. */
  public static final String MASKED = "****";

  /**
   * The first words of commands that are given passwords: of {@code auth test jane secret} with a
   * slip in its second word as much must be hidden.
   */
  private static final Set<String> WITH_PASSWORDS =
      CommandCatalog.manuals().stream()
          .filter(Secrets::takesSecret)
          .map(manual -> manual.name().split(" ")[0])
          .collect(Collectors.toUnmodifiableSet());

  private Secrets() {}

  private static boolean takesSecret(Manual manual) {
    return manual.synopsis().has(Kind.SECRET)
        || manual.options().stream().anyMatch(option -> isOf(option, Kind.SECRET));
  }

  private static boolean isOf(Option option, Kind kind) {
    return option.argument().map(Argument::kind).filter(kind::equals).isPresent();
  }

  /**
   * The words after {@code doveadm}. If they are no command, only the first word is shown: the
   * others may be anything.
   */
  public static List<String> masked(List<String> words) {
    return masked(words, first -> false);
  }

  /**
   * As {@link #masked(List)}, for whoever has written them and is to see his mistake: words that
   * are no command are shown if the first one looks like a command that is given no password.
   *
   * @param others words that a line may begin with besides commands; none is given a password
   */
  public static List<String> maskedForAuthor(List<String> words, List<String> others) {
    List<String> harmless = new ArrayList<>(others);
    CommandCatalog.manuals().forEach(manual -> harmless.add(manual.name().split(" ")[0]));
    harmless.removeAll(WITH_PASSWORDS);
    return masked(
        words,
        first ->
            Nearest.to(first, WITH_PASSWORDS).isEmpty() && Nearest.to(first, harmless).isPresent());
  }

  /**
   * @param isHarmless whether words that are no command may be shown when this is the first one
   */
  private static List<String> masked(List<String> words, Predicate<String> isHarmless) {
    List<String> shown = new ArrayList<>();
    int at = 0;
    for (; at < words.size() && words.get(at).startsWith("-"); at++) {
      boolean setting = isSetting(words.get(at));
      shown.add(setting ? maskedSetting(words.get(at)) : words.get(at));
      if (takesNext(words.get(at)) && at + 1 < words.size()) {
        at++;
        shown.add(setting ? maskedSetting(words.get(at)) : words.get(at));
      }
    }
    if (at < words.size()) {
      List<String> rest = words.subList(at, words.size());
      boolean open = isOpen(rest) || at == 0 && isHarmless.test(rest.get(0));
      shown.addAll(open ? rest : firstOf(rest, at > 0));
    }
    return shown;
  }

  /** The words of a command whose name is known to be that. */
  public static List<String> masked(String command, List<String> arguments) {
    return arguments.isEmpty() || isOpen(command) ? arguments : List.of(MASKED);
  }

  /** Whether commands that begin with this word are given passwords. */
  public static boolean takesPassword(String word) {
    return WITH_PASSWORDS.contains(word);
  }

  /** Whether messages about a command may be repeated: they may quote a password. */
  public static boolean isOpen(String command) {
    int end = command.indexOf(' ');
    return isOpen(end < 0 ? command : command.substring(0, end), CommandCatalog.find(command));
  }

  private static boolean isOpen(List<String> words) {
    return isOpen(words.get(0), CommandCatalog.findAtStart(words));
  }

  private static boolean isOpen(String first, Optional<Command> command) {
    return CommandCatalog.answeredWhereTyped().stream()
            .anyMatch(manual -> manual.name().equals(first))
        || !WITH_PASSWORDS.contains(first) && command.isPresent();
  }

  /** Behind options the first word may be the value of one of them. */
  private static List<String> firstOf(List<String> words, boolean behindOptions) {
    boolean shown = !behindOptions || WITH_PASSWORDS.contains(words.get(0));
    if (!shown) {
      return List.of(MASKED);
    }
    return words.size() == 1 ? words : List.of(words.get(0), MASKED);
  }

  /** Whether it is an option before the command whose argument is the next word. */
  private static boolean takesNext(String word) {
    return CommandLineOptions.GLOBAL.stream()
        .anyMatch(option -> option.hasArgument() && option.isWord(word));
  }

  private static boolean isSetting(String word) {
    return CommandLineOptions.GLOBAL.stream()
        .filter(option -> isOf(option, Kind.SETTING))
        .anyMatch(
            option ->
                word.startsWith("-" + option.letter()) || word.startsWith("--" + option.name()));
  }

  /** {@code name=value}; of a name that sounds like a secret the value is left out. */
  private static String maskedSetting(String word) {
    String lower = word.toLowerCase(Locale.ROOT);
    for (String sound : List.of("pass", "secret", "key", "token")) {
      int name = lower.indexOf(sound);
      int value = name < 0 ? -1 : word.indexOf('=', name);
      if (value >= 0) {
        return word.substring(0, value + 1) + MASKED;
      }
    }
    return word;
  }
}
