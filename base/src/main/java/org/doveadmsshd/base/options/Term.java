package org.doveadmsshd.base.options;

import java.util.Locale;

/**
 * A word that means something within an argument: a search key within a query, a field within a
 * list of fields.
 *
 * @param name as help shows it; {@code hdr.<name>} stands for as many as there are names
 * @param arguments what follows it
 * @param meaning one line
 * @param example as it is typed: {@code savedbefore 30d}; of a field with what it may be: {@code
 *     uid=4711}
 * @param group it is listed with
 */
public record Term(String name, Syntax arguments, String meaning, String example, Group group) {
  /**
   * Terms that are about the same.
   *
   * @param title one word or two
   * @param note what is to be known of all of them; of several lines, or empty
   */
  public record Group(String title, String note) {}

  /** {@code HEADER <name> <text>}. */
  public String usage() {
    return (name + " " + arguments.text()).strip();
  }

  /** Whether a word is this one, in whatever case, or one of those that it stands for. */
  boolean isFor(String word) {
    int open = name.indexOf('<');
    int close = name.indexOf('>', Math.max(open, 0));
    if (open <= 0 || close < 0) {
      return name.equalsIgnoreCase(word);
    }
    String begin = name.substring(0, open);
    String end = name.substring(close + 1);
    String lower = word.toLowerCase(Locale.ROOT);
    return lower.length() > begin.length() + end.length()
        && lower.startsWith(begin)
        && lower.endsWith(end);
  }
}
