package org.doveadmsshd.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.command.Terms;

/** What may stand where, as the completion scripts read it: {@code candidates.sh} explains it. */
final class Slots {
  private static final String ANYTHING = ".";

  private Slots() {}

  /** One slot behind the other. */
  static String of(Syntax syntax) {
    return String.join(" ", list(syntax));
  }

  private static List<String> list(Syntax syntax) {
    if (syntax instanceof Argument) {
      return List.of(slot((Argument) syntax));
    }
    if (syntax instanceof Syntax.Literal) {
      return List.of("=" + lower(syntax.text()));
    }
    if (syntax instanceof Syntax.Choice) {
      String alternatives = alternatives((Syntax.Choice) syntax);
      return List.of(alternatives.equals("@" + ANYTHING) ? ANYTHING : "=" + alternatives);
    }
    if (syntax instanceof Syntax.Repetition) {
      return repeated((Syntax.Repetition) syntax);
    }
    List<String> slots = new ArrayList<>();
    ((Syntax.Sequence) syntax).parts().forEach(part -> slots.addAll(list(part)));
    return slots;
  }

  private static String slot(Argument argument) {
    return switch (argument.kind()) {
      case QUERY, NARROW_QUERY -> "query";
      case SEARCH_KEY -> "key";
      case PART_KEY -> "part";
      case FILE -> "file";
      case SERVER -> "server";
      case TOPIC -> "topic";
      case COMMAND -> "command";
      case FIELDS ->
          argument.choices().equals(Terms.FETCH_FIELDS.glossary().names())
              ? "fields"
              : "%" + String.join("|", argument.choices());
      default ->
          argument.choices().isEmpty() ? ANYTHING : "=" + String.join("|", argument.choices());
    };
  }

  /** Words, each with what follows it; at most one alternative is no word. */
  private static String alternatives(Syntax.Choice choice) {
    return choice.parts().stream()
        .map(Slots::alternative)
        .distinct()
        .collect(Collectors.joining("|"));
  }

  private static String alternative(Syntax syntax) {
    List<String> slots = list(syntax);
    String first = slots.get(0);
    if (!first.startsWith("=") || first.contains("|")) {
      return "@" + first;
    }
    List<String> all = new ArrayList<>(slots);
    all.set(0, first.substring(1));
    return String.join("+", all);
  }

  private static List<String> repeated(Syntax.Repetition times) {
    List<String> inside = list(times.inside());
    String first = inside.get(0);
    if (times.optional() && first.startsWith("=")) {
      boolean alone = inside.size() == 1;
      return List.of("?" + (alone ? first.substring(1) : alternative(times.inside())));
    }
    if (times.optional() && inside.size() > 1) {
      return List.of(); // nothing tells whether it is there
    }
    return times.repeated() && inside.size() == 1 ? List.of("*" + first) : inside;
  }

  private static String lower(String word) {
    return word.toLowerCase(Locale.ROOT);
  }
}
