package org.doveadmsshd.brain;

import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.protocol.Failure;

/**
 * Splits the one string that an ssh client sends into words, as a shell would: spaces separate,
 * {@code '…'} takes everything as it is, {@code "…"} and a backslash take the next character.
 * Nothing is expanded and no shell is involved.
 */
public final class CommandLine {
  private static final int MAX_LENGTH = 256 * 1024;

  private CommandLine() {}

  /**
   * @throws Failure for a quote that is not closed
   */
  public static List<String> split(String line) throws Failure {
    if (line.length() > MAX_LENGTH) {
      throw Failure.usage("The command line is too long");
    }
    List<String> words = new ArrayList<>();
    StringBuilder word = null;
    char quote = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      boolean escapes = c == '\\' && quote != '\'' && i + 1 < line.length();
      if (quote == '"' && escapes) {
        escapes = "\"\\$`".indexOf(line.charAt(i + 1)) >= 0;
      }
      if (quote == 0 && Character.isWhitespace(c)) {
        if (word != null) {
          words.add(word.toString());
        }
        word = null;
        continue;
      }
      word = word == null ? new StringBuilder() : word;
      if (escapes) {
        word.append(line.charAt(++i));
      } else if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      } else {
        word.append(c);
      }
    }
    if (quote != 0) {
      throw Failure.usage("A quote is not closed: " + quote);
    }
    if (word != null) {
      words.add(word.toString());
    }
    return words;
  }
}
