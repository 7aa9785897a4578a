package org.doveadmsshd.console.line;

import java.util.EnumSet;
import java.util.Set;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.brain.Word;

/**
 * The part of a word that is completed: the word as far as the cursor; of a list in one word what
 * stands behind the last space.
 *
 * @param raw as it is typed
 * @param text without quotes
 * @param quote the one that is open at its end; 0 for none
 */
record Element(String raw, String text, char quote) {
  private static final Set<Kind> LISTS = EnumSet.of(Kind.FIELDS, Kind.FLAGS);

  /** Characters that stand for themselves without quotes, besides letters and digits. */
  private static final String PLAIN = "-_.,:/@%+=*?$!~^()[]{}";

  /** Whether a word may be made of several elements. */
  static boolean isList(Argument argument) {
    return LISTS.contains(argument.kind());
  }

  /** A whole word, of which only the text counts. */
  static Element of(Argument argument, Word word) {
    return of(argument, word, word.text());
  }

  /**
   * As {@link #of(Argument, Word)}.
   *
   * @param raw the word as it is typed
   */
  static Element of(Argument argument, Word word, String raw) {
    int space = isList(argument) ? word.text().lastIndexOf(' ') + 1 : 0;
    int rawSpace = space == 0 ? 0 : raw.lastIndexOf(' ') + 1;
    return new Element(raw.substring(rawSpace), word.text().substring(space), word.quote());
  }

  /**
   * A word that is put in its place, quoted as it must be there. What has been typed stays as it is
   * where the word begins so.
   *
   * @param closed whether a quote that is open is closed behind it
   */
  String completed(String word, boolean closed) {
    boolean longer = word.startsWith(text);
    boolean opens = raw.startsWith("'") || raw.startsWith("\"");
    String kept = longer ? whole() : opens && quote != 0 ? raw.substring(0, 1) : "";
    String added = escaped(longer ? word.substring(text.length()) : word);
    return kept + added + (closed && quote != 0 ? quote : "");
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
