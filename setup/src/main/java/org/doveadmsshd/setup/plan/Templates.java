package org.doveadmsshd.setup.plan;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Texts with variables, as Dovecot 2.4 writes them, in the way that 2.3 and this program do. */
final class Templates {
  /** Without nested braces, so that it reads a text once. */
  private static final Pattern VARIABLE = Pattern.compile("%\\{([^{}]{0,200})}");

  private Templates() {}

  /** {@code %{user | domain}} becomes {@code %d}; what is not known stays as it is. */
  static String translated(String text) {
    Matcher matcher = VARIABLE.matcher(text);
    StringBuilder result = new StringBuilder();
    while (matcher.find()) {
      String whole = matcher.group();
      matcher.appendReplacement(
          result, Matcher.quoteReplacement(letters(matcher.group(1)).orElse(whole)));
    }
    return matcher.appendTail(result).toString();
  }

  private static Optional<String> letters(String pipe) {
    List<String> steps = Arrays.stream(pipe.split("\\|")).map(String::strip).toList();
    String letter =
        switch (steps.isEmpty() ? "" : steps.get(0)) {
          case "user" -> "u";
          case "home" -> "h";
          case "protocol", "service" -> "s";
          default -> "";
        };
    String casing = "";
    for (String step : steps.subList(Math.min(1, steps.size()), steps.size())) {
      switch (step) {
        case "lower" -> casing = "L";
        case "upper" -> casing = "U";
        case "username" -> letter = letter.equals("u") ? "n" : "";
        case "domain" -> letter = letter.equals("u") ? "d" : "";
        default -> letter = "";
      }
    }
    return letter.isEmpty() ? Optional.empty() : Optional.of("%" + casing + letter);
  }
}
