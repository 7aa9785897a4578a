package org.doveadmsshd.storage.search;

import java.util.List;
import org.doveadmsshd.storage.MailStore;

/**
 * A mailbox name, or a pattern of them: {@code *} stands for anything, {@code %} for anything
 * within one level (RFC 3501 section 6.3.8). INBOX matches in any case. What begins with a
 * backslash is a special use (RFC 6154): {@code \Trash} matches the mailboxes that are configured
 * for it.
 *
 * @param text as given
 */
public record MailboxPattern(String text) {
  /** No character. */
  private static final int NONE = -1;

  public boolean hasWildcard() {
    return text.indexOf('*') >= 0 || text.indexOf('%') >= 0;
  }

  /** Whether it names no mailbox but what mailboxes are used for. */
  public boolean isUse() {
    return text.startsWith("\\");
  }

  /** Whether one of these masks matches a mailbox. */
  public static boolean anyMatches(List<String> masks, MailStore.ListedName mailbox) {
    return masks.stream().anyMatch(mask -> new MailboxPattern(mask).matches(mailbox));
  }

  /** Takes time in proportion to the lengths of pattern and name, whatever the pattern. */
  public boolean matches(MailStore.ListedName mailbox) {
    boolean used = isUse() && mailbox.uses().stream().anyMatch(text::equalsIgnoreCase);
    return used || matches(mailbox.name(), mailbox.separator());
  }

  /** As {@link #matches(MailStore.ListedName)}, for a name where there are no namespaces. */
  public boolean matches(String name) {
    return matches(name, MailStore.SEPARATOR);
  }

  private boolean matches(String name, char separator) {
    boolean ignoreCase = name.equals(MailStore.INBOX);
    boolean[] reached = new boolean[name.length() + 1]; // how far the pattern so far may have come
    reached[0] = true;
    for (int p = 0; p < text.length(); p++) {
      char c = text.charAt(p);
      if (c == '*' || c == '%') {
        spread(reached, name, c == '%' ? separator : NONE);
      } else {
        step(reached, name, c, ignoreCase);
      }
    }
    return reached[name.length()];
  }

  /**
   * @param end where it stops; {@link #NONE} for nowhere
   */
  private static void spread(boolean[] reached, String name, int end) {
    for (int i = 0; i < name.length(); i++) {
      reached[i + 1] |= reached[i] && name.charAt(i) != end;
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
