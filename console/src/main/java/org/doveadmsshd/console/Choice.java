package org.doveadmsshd.console;

import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Times;
import org.doveadmsshd.brain.format.Formatters;

/** What {@code set} and {@code unset} are about. */
enum Choice {
  FORMAT {
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
  };

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

  String only(List<String> values) throws Failure {
    if (values.size() != 1) {
      throw Failure.usage("set " + word() + " takes one value");
    }
    return values.get(0);
  }
}
