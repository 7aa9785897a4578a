package org.doveadmsshd.console;

import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Times;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Syntax;
import org.doveadmsshd.brain.format.Formatters;
import org.doveadmsshd.command.CommandLineOptions;

/** What {@code set} and {@code unset} are about. */
enum Choice {
  FORMAT {
    @Override
    Syntax syntax() {
      return Argument.choice("formatter", CommandLineOptions.FORMATTERS);
    }

    @Override
    String shown(Choices choices) {
      return choices.format().orElse(DEFAULT);
    }

    @Override
    Choices set(Choices choices, List<String> values, List<String> servers) throws Failure {
      String formatter = only(values);
      Formatters.check(formatter);
      return choices.withFormat(Optional.of(formatter));
    }

    @Override
    Choices unset(Choices choices) {
      return choices.withFormat(Optional.empty());
    }
  },
  TIMEOUT {
    @Override
    Syntax syntax() {
      return Kind.SPAN.named("time");
    }

    @Override
    String shown(Choices choices) {
      return choices.timeout().orElse("none");
    }

    @Override
    Choices set(Choices choices, List<String> values, List<String> servers) throws Failure {
      String span = only(values);
      if (Times.spanOrSeconds(span).isEmpty()) {
        throw Failure.usage("Invalid timeout: " + span + " (try 30s or 5m)");
      }
      return choices.withTimeout(Optional.of(span));
    }

    @Override
    Choices unset(Choices choices) {
      return choices.withTimeout(Optional.empty());
    }
  },
  SERVERS {
    @Override
    Syntax syntax() {
      return Syntax.several(Kind.SERVER.named("server"));
    }

    @Override
    String shown(Choices choices) {
      return choices.servers().isEmpty() ? "all" : String.join(" ", choices.servers());
    }

    @Override
    Choices set(Choices choices, List<String> values, List<String> servers) throws Failure {
      for (String server : values) {
        if (!servers.contains(server)) {
          throw Failure.usage("Unknown server: " + server + " " + thereAre(servers));
        }
      }
      return choices.withServers(values.stream().distinct().toList());
    }

    @Override
    Choices unset(Choices choices) {
      return choices.withServers(List.of());
    }
  },
  COLORS {
    @Override
    Syntax syntax() {
      return Syntax.word(ON, OFF);
    }

    @Override
    String shown(Choices choices) {
      return onOrOff(choices.colors());
    }

    @Override
    Choices set(Choices choices, List<String> values, List<String> servers) throws Failure {
      return choices.withColors(isOn(values));
    }

    @Override
    Choices unset(Choices choices) {
      return choices.withColors(true);
    }
  },
  PAGER {
    @Override
    Syntax syntax() {
      return Syntax.word(ON, OFF);
    }

    @Override
    String shown(Choices choices) {
      return onOrOff(choices.pager());
    }

    @Override
    Choices set(Choices choices, List<String> values, List<String> servers) throws Failure {
      return choices.withPager(isOn(values));
    }

    @Override
    Choices unset(Choices choices) {
      return choices.withPager(true);
    }
  };

  private static final String ON = "on";
  private static final String OFF = "off";

  /** Takes a choice back, as unset does. */
  static final String DEFAULT = "default";

  private static String thereAre(List<String> servers) {
    return servers.isEmpty()
        ? "(there is nothing to choose: you are on the server)"
        : "(there are: " + String.join(", ", servers) + ")";
  }

  /** As it is typed. */
  String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  static List<String> words() {
    return List.of(values()).stream().map(Choice::word).toList();
  }

  static Choice of(String word) throws Failure {
    return List.of(values()).stream()
        .filter(choice -> choice.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                Failure.usage(
                    "Unknown setting: "
                        + word
                        + " (there are: "
                        + String.join(", ", words())
                        + ")"));
  }

  /** What may stand behind it. */
  abstract Syntax syntax();

  /** The value in force. */
  abstract String shown(Choices choices);

  /**
   * With other values.
   *
   * @param values at least one
   * @param servers names that there are
   */
  abstract Choices set(Choices choices, List<String> values, List<String> servers) throws Failure;

  abstract Choices unset(Choices choices);

  private static String onOrOff(boolean on) {
    return on ? ON : OFF;
  }

  boolean isOn(List<String> values) throws Failure {
    String value = only(values);
    if (!value.equals(ON) && !value.equals(OFF)) {
      throw Failure.usage("Invalid %s: %s (on or off)".formatted(word(), value));
    }
    return value.equals(ON);
  }

  String only(List<String> values) throws Failure {
    if (values.size() != 1) {
      throw Failure.usage("set " + word() + " takes one value");
    }
    return values.get(0);
  }
}
