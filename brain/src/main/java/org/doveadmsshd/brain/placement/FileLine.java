package org.doveadmsshd.brain.placement;

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
    boolean tabs = line.indexOf('\t') >= 0;
    String[] words = line.strip().split(tabs ? "\t+" : " +", -1);
    if (words.length < 2 || words.length > 3) {
      throw new MistakeException(
          "expected user server[,server] [term], not: " + Printable.line(line, SHOWN));
    }
    if (line.indexOf(BROKEN) >= 0) {
      throw new MistakeException("it is not UTF-8: " + Printable.line(line, SHOWN));
    }
    if (!UserName.isPossible(words[0])) {
      throw new MistakeException(UserName.explanation(words[0]));
    }
    List<String> servers = Stream.of(words[1].split(",", -1)).map(String::strip).toList();
    for (String server : servers) {
      if (!known.contains(server)) {
        throw new MistakeException(
            "the configuration has no server \"%s\"%s"
                .formatted(Printable.line(server, SHOWN), Nearest.question(server, known)));
      }
    }
    return new FileLine(words[0].toLowerCase(Locale.ROOT), servers, term(words));
  }

  private static OptionalLong term(String[] words) throws MistakeException {
    if (words.length < 3) {
      return OptionalLong.empty();
    }
    return Terms.parse(words[2])
        .map(OptionalLong::of)
        .orElseThrow(
            () ->
                new MistakeException(
                    "a term is a whole number from 0, not: " + Printable.line(words[2], SHOWN)));
  }

  Place place(String asked) {
    return new Place(servers, asked, term, "file");
  }
}
