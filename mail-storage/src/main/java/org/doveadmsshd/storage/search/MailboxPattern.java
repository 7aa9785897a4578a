package org.doveadmsshd.storage.search;

import java.util.List;
import java.util.function.Predicate;
import org.doveadmsshd.storage.MailStore;

/**
 * A mailbox name, or a pattern of them: {@code *} stands for anything, {@code %} for anything
 * within one level (RFC 3501 section 6.3.8). INBOX matches in any case.
 *
 * @param text as given
 */
public record MailboxPattern(String text) {
  public boolean hasWildcard() {
    return text.indexOf('*') >= 0 || text.indexOf('%') >= 0;
  }

  /** Says whether one of these matches a name. */
  public static Predicate<String> anyOf(List<String> masks) {
    List<MailboxPattern> patterns = masks.stream().map(MailboxPattern::new).toList();
    return name -> patterns.stream().anyMatch(pattern -> pattern.matches(name));
  }

  /** Takes time in proportion to the lengths of pattern and name, whatever the pattern. */
  public boolean matches(String name) {
    boolean ignoreCase = name.equals(MailStore.INBOX);
    boolean[] reached = new boolean[name.length() + 1]; // how far the pattern so far may have come
    reached[0] = true;
    for (int p = 0; p < text.length(); p++) {
      char c = text.charAt(p);
      if (c == '*' || c == '%') {
        spread(reached, name, c == '%');
      } else {
        step(reached, name, c, ignoreCase);
      }
    }
    return reached[name.length()];
  }

  private static void spread(boolean[] reached, String name, boolean withinLevel) {
    for (int i = 0; i < name.length(); i++) {
      reached[i + 1] |= reached[i] && !(withinLevel && name.charAt(i) == MailStore.SEPARATOR);
    }
  }

  private static void step(boolean[] reached, String name, char c, boolean ignoreCase) {
    for (int i = name.length(); i > 0; i--) {
      reached[i] = reached[i - 1] && same(c, name.charAt(i - 1), ignoreCase);
    }
    reached[0] = false;
  }

  private static boolean same(char a, char b, boolean ignoreCase) {
    return a == b || ignoreCase && Character.toUpperCase(a) == Character.toUpperCase(b);
  }
}
