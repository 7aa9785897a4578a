package org.doveadmsshd.brain;

import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.base.Failure;

/**
 * Splits the one string that an ssh client sends into words, as a shell would: spaces separate,
 * {@code '…'} takes everything as it is, {@code "…"} and a backslash take the next character.
 * Nothing is expanded and no shell is involved.
 */
public final class CommandLine {
  private static final int MAX_LENGTH = 256 * 1024;

  private final String line;
  private final List<String> words = new ArrayList<>();
  private StringBuilder word;
  private char quote;

  private CommandLine(String line) {
    this.line = line;
  }

  /**
   * @throws Failure for a quote that is not closed
   */
  public static List<String> split(String line) throws Failure {
    if (line.length() > MAX_LENGTH) {
      throw Failure.usage("The command line is too long");
    }
    return new CommandLine(line).split();
  }

  private List<String> split() throws Failure {
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quote == 0 && Character.isWhitespace(c)) {
        endWord();
        continue;
      }
      word = word == null ? new StringBuilder() : word;
      if (isEscape(i)) {
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
    endWord();
    return words;
  }

  /** Whether a backslash takes the next character; between double quotes it takes a few only. */
  private boolean isEscape(int at) {
    boolean backslash = line.charAt(at) == '\\' && at + 1 < line.length();
    return backslash && quote != '\'' && (quote == 0 || "\"\\$`".indexOf(line.charAt(at + 1)) >= 0);
  }

  private void endWord() {
    if (word != null) {
      words.add(word.toString());
      word = null;
    }
  }
}
