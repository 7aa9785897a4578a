package org.doveadmsshd.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.ShellWord;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Words;

/**
 * A line of {@code fetch} on which fields are words of their own: a shell has taken the quotes
 * away, as it does when ssh passes a line on.
 */
final class UnquotedFields {
  private UnquotedFields() {}

  /** Says how the line should be typed; nothing when that is not what is wrong with it. */
  static Optional<Failure> instead(Command command, Words words, Command.Time time) {
    List<String> all = words.positionals();
    for (int fields = 2; fields < all.size() && isField(all.get(fields - 1)); fields++) {
      List<String> query = all.subList(fields, all.size());
      if (isQuery(command, query, time)) {
        List<String> line = new ArrayList<>(List.of("doveadm", command.name()));
        line.addAll(options(command, words));
        line.add("\"" + String.join(" ", all.subList(0, fields)) + "\"");
        query.forEach(word -> line.add(ShellWord.of(word)));
        String typed = String.join(" ", line);
        return Optional.of(
            Failure.usage(
                "fetch: fields are one word, in quotes: %s . Through ssh the whole line is in quotes, too: ssh … %s"
                    .formatted(typed, ShellWord.of(typed))));
      }
    }
    return Optional.empty();
  }

  private static boolean isField(String word) {
    return Terms.FETCH_FIELDS.glossary().find(word).isPresent();
  }

  private static boolean isQuery(Command command, List<String> words, Command.Time time) {
    try {
      MailSearch.query(command, words, new Command.Time(time.now(), time.zone()));
      return true;
    } catch (Failure e) {
      return false;
    }
  }

  /** As they were typed, more or less. */
  private static List<String> options(Command command, Words words) {
    List<String> options = new ArrayList<>();
    for (Option option : CommandLineOptions.behind(command.manual())) {
      if (words.has(option.name())) {
        options.add(option.letter() == 0 ? "--" + option.name() : "-" + option.letter());
        if (option.hasArgument()) {
          options.add(ShellWord.of(words.value(option.name()).orElse("")));
        }
      }
    }
    return options;
  }
}
