package org.doveadmsshd.brain;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.doveadmsshd.base.Failure;

/**
 * Splits the one string that an ssh client sends into words, as a shell would: spaces separate,
 * {@code '…'} takes everything as it is, {@code "…"} and a backslash take the next character.
 * Nothing is expanded and no shell is involved: what a shell would take for more than a word is
 * refused, taken as words it would mean something else than was meant.
 */
public final class CommandLine {
  private static final int MAX_LENGTH = 256 * 1024;

  /** Words that are a shell's when they stand there without quotes. */
  private static final Set<String> OPERATORS = Set.of("|", "||", "|&", "&", "&&", ";", ";;", "#");

  /** Redirections begin so; behind it there may be a file. */
  private static final Pattern REDIRECTION = Pattern.compile("(?:[0-9]|&)?[<>].*", Pattern.DOTALL);

  private final String line;
  private final List<String> words = new ArrayList<>();
  private StringBuilder word;

  /** Whether part of the word was in quotes, or taken by a backslash. */
  private boolean quoted;

  /** Whether the last character of the word was. */
  private boolean lastQuoted;

  private char quote;

  private CommandLine(String line) {
    this.line = line;
  }

  /**
   * @throws Failure for a quote that is not closed, and for what only a shell could do
   */
  public static List<String> split(String line) throws Failure {
    if (line.length() > MAX_LENGTH) {
      throw Failure.usage("The command line is too long");
    }
    if (line.indexOf('\0') >= 0) {
      throw Failure.usage("The command line has a NUL character in it");
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
      lastQuoted = true;
      if (isEscape(i)) {
        word.append(line.charAt(++i));
      } else if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      } else {
        word.append(c);
        lastQuoted = quote != 0;
      }
      quoted |= lastQuoted;
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

  private void endWord() throws Failure {
    if (word != null) {
      checkNoShell(word.toString());
      words.add(word.toString());
      word = null;
      quoted = false;
    }
  }

  private void checkNoShell(String text) throws Failure {
    boolean whole = OPERATORS.contains(text) || REDIRECTION.matcher(text).matches();
    boolean end = text.endsWith(";") && !lastQuoted;
    if (whole && !quoted || end) {
      throw Failure.usage(
          "There is no shell here, so "
              + text
              + " cannot do what it does in one; nothing was done. As a word of the command it must"
              + " be in quotes, inside those of your own shell: ssh … 'doveadm … \"|\" …'");
    }
  }
}
