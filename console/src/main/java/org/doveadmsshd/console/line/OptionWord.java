package org.doveadmsshd.console.line;

import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.console.line.Place.OptionValue;
import org.doveadmsshd.console.line.Place.Step;
import org.doveadmsshd.console.line.Place.Value;

/** A word that begins with a dash, read as {@link org.doveadmsshd.base.options.Words} reads it. */
final class OptionWord {
  private OptionWord() {}

  static boolean isOne(String word) {
    return word.startsWith("-") && word.length() > 1;
  }

  static Step take(String word, List<Option> known, Place here) {
    if (!word.startsWith("--")) {
      return letters(word, known, here);
    }
    int equals = word.indexOf('=');
    String name = word.substring(2, equals < 0 ? word.length() : equals);
    for (Option option : known) {
      if (option.name().equals(name)) {
        return equals < 0 ? read(option, here) : value(option, word.substring(equals + 1), here);
      }
    }
    return new Step(Role.UNKNOWN, here);
  }

  private static Step letters(String word, List<Option> known, Place here) {
    Step step = new Step(Role.UNKNOWN, here);
    for (int i = 1; i < word.length(); i++) {
      char letter = word.charAt(i);
      Optional<Option> option = known.stream().filter(o -> o.letter() == letter).findFirst();
      if (option.isEmpty()) {
        return new Step(Role.UNKNOWN, here);
      }
      if (option.get().hasArgument() && i + 1 < word.length()) {
        return value(option.get(), word.substring(i + 1), here);
      }
      step = read(option.get(), here);
    }
    return step;
  }

  private static Step read(Option option, Place here) {
    return option.hasArgument()
        ? new Step(Role.OPTION, new OptionValue(option, here))
        : value(option, "", here);
  }

  private static Step value(Option option, String text, Place here) {
    return new Step(Role.OPTION, here, Optional.of(new Value(option, text)));
  }
}
