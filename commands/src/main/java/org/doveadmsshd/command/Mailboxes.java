package org.doveadmsshd.command;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.search.MailboxPattern;

/** The mailboxes that a command names, by name or by mask. */
final class Mailboxes {
  private Mailboxes() {}

  /**
   * Opens a mailbox.
   *
   * @throws Failure with exit code 68 when there is none
   */
  static Mailbox open(MailStore store, String name) throws Failure {
    return store.find(name).orElseThrow(() -> missing(name));
  }

  /** The failure that there is no mailbox of a name; its text says if there cannot be one. */
  static Failure missing(String name) {
    return new Failure(Outcome.NOT_FOUND, "Mailbox doesn't exist: " + shown(name) + hint(name));
  }

  /**
   * As {@link #missing(String)}.
   *
   * @param attempt what was tried, such as {@code Can't open mailbox 'x'}
   */
  static Failure missing(String attempt, String name) {
    return new Failure(Outcome.NOT_FOUND, attempt + ": " + missing(name).getMessage());
  }

  /** A name for a message: one that is empty would not be seen. */
  static String shown(String name) {
    return name.isEmpty() ? "''" : name;
  }

  private static String hint(String name) {
    return name.indexOf('/') < 0
        ? ""
        : " (names have no '/'; levels have '%c' between them)".formatted(MailStore.SEPARATOR);
  }

  /** The selectable mailboxes that match a mask; a name without wildcards stands for itself. */
  static Set<String> matching(MailStore store, List<MailboxPattern> masks) throws Failure {
    Set<String> names = new LinkedHashSet<>();
    for (MailboxPattern mask : masks) {
      if (!mask.hasWildcard()) {
        names.add(mask.text());
        continue;
      }
      for (MailStore.ListedName entry : store.list()) {
        if (entry.selectable() && mask.matches(entry.name())) {
          names.add(entry.name());
        }
      }
    }
    return names;
  }
}
