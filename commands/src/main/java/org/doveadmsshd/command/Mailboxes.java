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
    return store.find(name).orElseThrow(() -> missing(store, name));
  }

  /** The failure that there is no mailbox of a name; its text says if there cannot be one. */
  static Failure missing(MailStore store, String name) {
    return new Failure(
        Outcome.NOT_FOUND, "Mailbox doesn't exist: " + shown(name) + hint(store, name));
  }

  /**
   * As {@link #missing(MailStore, String)}.
   *
   * @param attempt what was tried, such as {@code Can't open mailbox 'x'}
   */
  static Failure missing(MailStore store, String attempt, String name) {
    return new Failure(Outcome.NOT_FOUND, attempt + ": " + missing(store, name).getMessage());
  }

  /** A name for a message: one that is empty would not be seen. */
  static String shown(String name) {
    return name.isEmpty() ? "''" : name;
  }

  private static String hint(MailStore store, String name) {
    char separator = store.named(name).separator();
    boolean isForeign = separator != '/' && name.indexOf('/') >= 0;
    return isForeign
        ? " (names have no '/'; levels have '%c' between them)".formatted(separator)
        : "";
  }

  /**
   * The selectable mailboxes that match a mask; a name without wildcards stands for itself, a
   * special use for the mailboxes that are configured for it.
   */
  static Set<String> matching(MailStore store, List<MailboxPattern> masks) throws Failure {
    Set<String> names = new LinkedHashSet<>();
    for (MailboxPattern mask : masks) {
      if (!mask.hasWildcard()) {
        names.addAll(store.meant(mask.text()));
        continue;
      }
      for (MailStore.ListedName entry : store.list(List.of(mask.text()))) {
        if (entry.selectable() && mask.matches(entry)) {
          names.add(entry.name());
        }
      }
    }
    return names;
  }
}
