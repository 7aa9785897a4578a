package org.doveadmsshd.console.line;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.brain.CommandLine;
import org.doveadmsshd.brain.Word;

/**
 * The part of a word that is completed: the word as far as the cursor; of a list in one word what
 * stands behind the last space.
 *
 * @param raw as it is typed
 * @param text without quotes
 * @param before the quote that is open where it begins; 0 for none
 * @param quote the one that is open at its end; 0 for none
 */
record Element(String raw, String text, char before, char quote) {
  private static final Set<Kind> LISTS = EnumSet.of(Kind.FIELDS, Kind.FLAGS);

  /** Characters that stand for themselves without quotes, besides letters and digits. */
  private static final String PLAIN = "-_.,:/@%+=*?$!~^()[]{}";

  /** Whether a word may be made of several elements. */
  static boolean isList(Argument argument) {
    return LISTS.contains(argument.kind());
  }

  /**
   * A whole word.
   *
   * @param raw the word as it is typed
   */
  static Element of(Word word, String raw) {
    return new Element(raw, word.text(), (char) 0, word.quote());
  }

  /** As {@link #of(Argument, Word, String)} where only the text counts. */
  static Element of(Argument argument, Word word) {
    return of(argument, word, word.text());
  }

  /**
   * What is completed of an argument.
   *
   * @param raw the word as it is typed
   */
  static Element of(Argument argument, Word word, String raw) {
    int space = isList(argument) ? word.text().lastIndexOf(' ') + 1 : 0;
    int rawSpace = space == 0 ? 0 : raw.lastIndexOf(' ') + 1;
    char before = rawSpace == 0 ? 0 : open(raw.substring(0, rawSpace));
    return new Element(raw.substring(rawSpace), word.text().substring(space), before, word.quote());
  }

  /** The quote that is open at the end of a word; 0 for none. */
  private static char open(String raw) {
    List<Word> words = CommandLine.typed(raw);
    return words.isEmpty() ? 0 : words.get(words.size() - 1).quote();
  }

  /**
   * A word that is put in its place, quoted as it must be there. What has been typed stays as it is
   * where the word begins so.
   *
   * @param closed whether a quote that is open is closed behind it
   */
  String completed(String word, boolean closed) {
    boolean longer = word.startsWith(text);
    String kept = longer ? whole() : before == quote ? "" : mark(before) + mark(quote);
    String added = escaped(longer ? word.substring(text.length()) : word);
    return kept + added + (closed ? mark(quote) : "");
  }

  private static String mark(char quote) {
    return quote == 0 ? "" : String.valueOf(quote);
  }

  /** What has been typed; a backslash at its end is to stand for itself. */
  private String whole() {
    int backslashes = 0;
    while (backslashes < raw.length() && raw.charAt(raw.length() - 1 - backslashes) == '\\') {
      backslashes++;
    }
    return quote == 0 && backslashes % 2 == 1 ? raw + '\\' : raw;
  }

  private String escaped(String added) {
    StringBuilder escaped = new StringBuilder();
    added
        .codePoints()
        .forEach(
            c -> {
              if (quote == '\'' && c == '\'') {
                escaped.append("'\\'");
              } else if (quote == '"' && "\"\\$`".indexOf(c) >= 0 || quote == 0 && !isPlain(c)) {
                escaped.append('\\');
              }
              escaped.appendCodePoint(c);
            });
    return escaped.toString();
  }

  private static boolean isPlain(int c) {
    return Character.isLetterOrDigit(c)
        || PLAIN.indexOf(c) >= 0
        || c > 0x7f && !Character.isWhitespace(c);
  }
}
