package org.doveadmsshd.console;

import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Times;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.brain.format.Formatters;
import org.doveadmsshd.command.CommandLineOptions;

/**
 * Something that {@code set} and {@code unset} are about.
 *
 * @param word as it is typed
 * @param syntax what may stand behind it
 * @param shown the value in force
 * @param setter makes other values of words
 * @param unset takes the choice back
 */
record Choice(
    String word,
    Syntax syntax,
    Function<Choices, String> shown,
    Setter setter,
    UnaryOperator<Choices> unset) {
  /** Takes a choice back, as unset does. */
  static final String DEFAULT = "default";

  private static final String ON = "on";
  private static final String OFF = "off";

  private static final List<Choice> ALL =
      List.of(
          new Choice(
              "format",
              Argument.choice("formatter", CommandLineOptions.FORMATTERS),
              choices -> choices.format().orElse(DEFAULT),
              (choices, values, servers) -> choices.withFormat(formatter(values)),
              choices -> choices.withFormat(Optional.empty())),
          new Choice(
              "timeout",
              Kind.SPAN.named("time"),
              choices -> choices.timeout().orElse("none"),
              (choices, values, servers) -> choices.withTimeout(span(values)),
              choices -> choices.withTimeout(Optional.empty())),
          new Choice(
              "servers",
              Syntax.several(Kind.SERVER.named("server")),
              choices -> choices.servers().isEmpty() ? "all" : String.join(" ", choices.servers()),
              (choices, values, servers) -> choices.withServers(known(values, servers)),
              choices -> choices.withServers(List.of())),
          onOrOff("colors", Choices::colors, Choices::withColors),
          onOrOff("pager", Choices::pager, Choices::withPager));

  /** Makes other choices of words. */
  @FunctionalInterface
  interface Setter {
    /**
     * @param values at least one
     * @param servers names that there are
     * @throws Failure that says what is wrong with the values
     */
    Choices set(Choices choices, List<String> values, List<String> servers) throws Failure;
  }

  /** Something that is on unless it is turned off. */
  private static Choice onOrOff(
      String word, Predicate<Choices> isOn, BiFunction<Choices, Boolean, Choices> turned) {
    return new Choice(
        word,
        Syntax.word(ON, OFF),
        choices -> isOn.test(choices) ? ON : OFF,
        (choices, values, servers) -> turned.apply(choices, isOn(word, values)),
        choices -> turned.apply(choices, true));
  }

  private static Optional<String> formatter(List<String> values) throws Failure {
    String formatter = only("format", values);
    Formatters.check(formatter);
    return Optional.of(formatter);
  }

  private static Optional<String> span(List<String> values) throws Failure {
    String span = only("timeout", values);
    if (Times.spanOrSeconds(span).isEmpty()) {
      throw Failure.usage("Invalid timeout: " + span + " (try 30s or 5m)");
    }
    return Optional.of(span);
  }

  private static List<String> known(List<String> values, List<String> servers) throws Failure {
    for (String server : values) {
      if (!servers.contains(server)) {
        throw Failure.usage("Unknown server: " + server + " " + thereAre(servers));
      }
    }
    return values.stream().distinct().toList();
  }

  private static String thereAre(List<String> servers) {
    return servers.isEmpty()
        ? "(there is nothing to choose: you are on the server)"
        : "(there are: " + String.join(", ", servers) + ")";
  }

  private static boolean isOn(String word, List<String> values) throws Failure {
    String value = only(word, values);
    if (!value.equals(ON) && !value.equals(OFF)) {
      throw Failure.usage("Invalid %s: %s (on or off)".formatted(word, value));
    }
    return value.equals(ON);
  }

  private static String only(String word, List<String> values) throws Failure {
    if (values.size() != 1) {
      throw Failure.usage("set " + word + " takes one value");
    }
    return values.get(0);
  }

  /** Everything that can be chosen so. */
  static List<Choice> all() {
    return ALL;
  }

  static List<String> words() {
    return ALL.stream().map(Choice::word).toList();
  }

  static Choice of(String word) throws Failure {
    return ALL.stream()
        .filter(choice -> choice.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                Failure.usage(
                    "Unknown setting: %s (there are: %s)"
                        .formatted(word, String.join(", ", words()))));
  }
}
