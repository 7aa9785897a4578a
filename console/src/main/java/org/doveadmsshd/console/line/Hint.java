package org.doveadmsshd.console.line;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Term;
import org.doveadmsshd.command.Manual;

/** What is said below a line about the word at the cursor. */
final class Hint {
  private final TypedLine line;
  private final Vocabulary vocabulary;
  private final String begun;

  private Hint(TypedLine line, Vocabulary vocabulary) {
    this.line = line;
    this.vocabulary = vocabulary;
    this.begun = line.begun().text();
  }

  /** One sentence; empty where there is nothing to say. */
  static String of(TypedLine line, Vocabulary vocabulary) {
    return line.words().isEmpty() ? "" : new Hint(line, vocabulary).text();
  }

  private String text() {
    if (begun.startsWith("-") && !line.expected().options().isEmpty()) {
      return option().map(Hint::text).orElse("");
    }
    return line.expected().first().map(this::text).orElse("");
  }

  /** The option that has been begun, if it can be no other. */
  private Optional<Option> option() {
    List<Option> options = line.expected().options();
    Optional<Option> exact = options.stream().filter(option -> option.isWord(begun)).findFirst();
    List<Option> near =
        options.stream().filter(option -> ("--" + option.name()).startsWith(begun)).toList();
    return exact.isEmpty() && near.size() == 1 ? Optional.of(near.get(0)) : exact;
  }

  private static String text(Option option) {
    return option.usage() + ": " + option.help();
  }

  private String text(Expected.Leaf leaf) {
    Argument argument = leaf.argument().orElseThrow();
    if (leaf.option().isPresent()) {
      return text(leaf.option().get());
    }
    return switch (argument.kind()) {
      case COMMAND -> command(argument);
      case SEARCH_KEY ->
          vocabulary.keys().find(begun).map(Hint::text).orElseGet(() -> of(leaf, argument));
      case PART_KEY ->
          vocabulary.partKeys().find(begun).map(Hint::text).orElseGet(() -> of(leaf, argument));
      case FIELDS, FIELD -> field(argument).map(Hint::text).orElseGet(() -> text(argument));
      default -> of(leaf, argument);
    };
  }

  private String command(Argument argument) {
    String before = line.expected().begun();
    List<Manual> near = vocabulary.beginning(before + begun);
    Optional<Manual> exact = vocabulary.find(before + begun);
    Optional<Manual> meant = near.size() == 1 ? Optional.of(near.get(0)) : exact;
    String all =
        near.stream()
            .map(manual -> manual.name().substring(before.length()).split(" ", 2)[0])
            .distinct()
            .collect(Collectors.joining(", "));
    return meant
        .map(
            manual ->
                (manual.name() + " " + manual.synopsis().text()).strip() + ": " + manual.summary())
        .orElse(before.isEmpty() && begun.isEmpty() ? text(argument) : all);
  }

  private Optional<Term> field(Argument argument) {
    return vocabulary
        .fields()
        .find(Element.of(argument, line.begun()).text())
        .filter(term -> argument.choices().contains(term.name()));
  }

  /** An argument that may be that of a search key. */
  private static String of(Expected.Leaf leaf, Argument argument) {
    boolean key = argument.kind() == Kind.SEARCH_KEY || argument.kind() == Kind.PART_KEY;
    return leaf.term().filter(term -> !key).map(Hint::text).orElseGet(() -> text(argument));
  }

  private static String text(Term term) {
    return term.usage().replace(term.name(), term.name().toLowerCase(Locale.ROOT))
        + ": "
        + term.meaning()
        + ", e.g. "
        + term.example();
  }

  private static String text(Argument argument) {
    Meaning meaning = Meaning.of(argument);
    String example = meaning.example().isEmpty() ? "" : ", e.g. " + meaning.example();
    return argument.text() + ": " + meaning.text() + example;
  }
}
