package org.doveadmsshd.brain.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.doveadmsshd.base.Nearest;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.UserName;

/**
 * A line of a file of placements: {@code user server[,server] [term]}, with tabs between, or with
 * spaces in a line that has no tab. So a name may have spaces.
 *
 * @param user in lower case
 */
record FileLine(String user, List<String> servers, OptionalLong term) {
  private static final int SHOWN = 60;

  /** What a decoder makes of bytes that are no UTF-8. */
  private static final char BROKEN = '\ufffd';

  /** A line that cannot be understood; the message says why. */
  static final class MistakeException extends Exception {
    MistakeException(String message) {
      super(message, null, false, false);
    }
  }

  /** Whether a line says nothing. */
  static boolean isEmpty(String line) {
    return line.isBlank() || line.charAt(0) == '#';
  }

  /**
   * Reads a line.
   *
   * @param known servers that may stand there
   */
  static FileLine parse(String line, Set<String> known) throws MistakeException {
    List<String> words = words(line, line.indexOf('\t') >= 0 ? '\t' : ' ');
    if (words.size() < 2 || words.size() > 3) {
      throw new MistakeException(
          "expected user server[,server] [term], not: " + Printable.line(line, SHOWN));
    }
    if (line.indexOf(BROKEN) >= 0) {
      throw new MistakeException("it is not UTF-8: " + Printable.line(line, SHOWN));
    }
    String user = words.get(0);
    if (!UserName.isPossible(user)) {
      throw new MistakeException(UserName.explanation(user));
    }
    OptionalLong term = words.size() < 3 ? OptionalLong.empty() : term(words.get(2));
    return new FileLine(user.toLowerCase(Locale.ROOT), servers(words.get(1), known), term);
  }

  /** By hand: an expression would take most of the time that reading a large file takes. */
  private static List<String> words(String line, char separator) {
    List<String> words = new ArrayList<>(3);
    int from = 0;
    while (from < line.length()) {
      int to = line.indexOf(separator, from);
      String word = line.substring(from, to < 0 ? line.length() : to).strip();
      if (!word.isEmpty()) {
        words.add(word);
      }
      from = to < 0 ? line.length() : to + 1;
    }
    return words;
  }

  private static List<String> servers(String text, Set<String> known) throws MistakeException {
    if (known.contains(text)) {
      return List.of(text);
    }
    List<String> servers = Stream.of(text.split(",", -1)).map(String::strip).toList();
    for (String server : servers) {
      if (!known.contains(server)) {
        throw new MistakeException(
            "the configuration has no server \"%s\"%s"
                .formatted(Printable.line(server, SHOWN), Nearest.question(server, known)));
      }
    }
    return servers;
  }

  private static OptionalLong term(String text) throws MistakeException {
    return Terms.parse(text)
        .map(OptionalLong::of)
        .orElseThrow(
            () ->
                new MistakeException(
                    "a term is a whole number from 0, not: " + Printable.line(text, SHOWN)));
  }

  Place place(String asked) {
    return new Place(servers, asked, term, "file");
  }
}
