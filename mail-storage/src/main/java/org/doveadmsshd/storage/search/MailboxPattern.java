package org.doveadmsshd.storage.search;

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

  public boolean matches(String name) {
    if (name.equals(MailStore.INBOX)) {
      return matches(name, 0, true, 0);
    }
    return matches(name, 0, false, 0);
  }

  private boolean matches(String name, int at, boolean ignoreCase, int patternAt) {
    int i = at;
    for (int p = patternAt; p < text.length(); p++) {
      char c = text.charAt(p);
      if (c == '*' || c == '%') {
        return matchesWildcard(c, name, i, ignoreCase, p + 1);
      }
      if (i == name.length() || !same(c, name.charAt(i), ignoreCase)) {
        return false;
      }
      i++;
    }
    return i == name.length();
  }

  private boolean matchesWildcard(char wildcard, String name, int at, boolean fold, int next) {
    if (wildcard == '*' && next == text.length()) {
      return true;
    }
    if (next < text.length() && text.charAt(next) == wildcard) {
      return matchesWildcard(wildcard, name, at, fold, next + 1); // "**" is "*"
    }
    for (int i = at; i <= name.length(); i++) {
      if (matches(name, i, fold, next)) {
        return true;
      }
      if (wildcard == '%' && i < name.length() && name.charAt(i) == MailStore.SEPARATOR) {
        return false;
      }
    }
    return false;
  }

  private static boolean same(char a, char b, boolean ignoreCase) {
    return a == b || ignoreCase && Character.toUpperCase(a) == Character.toUpperCase(b);
  }
}
