package org.doveadmsshd.storage.namespace;

import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.doveadmsshd.accounts.Namespace;
import org.doveadmsshd.accounts.Namespace.ConfiguredMailbox;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.storage.MailStore;

/**
 * The mailboxes of one namespace. They have two names: the one that an IMAP client sees, and the
 * one that the tree of mailboxes has, where the prefix is left out and levels are separated as on
 * disk.
 *
 * <p>The tree is opened when it is needed first. One that cannot be opened concerns its own
 * mailboxes only.
 */
final class NamespacePart {
  private static final String INBOX = MailStore.INBOX;

  private final Namespace namespace;
  private final String prefix;
  private final Opener opener;
  private MailStore opened;
  private Failure failure;

  /** Opens the tree of a namespace. */
  @FunctionalInterface
  interface Opener {
    /**
     * @param shown makes a name that people see of one in the tree
     */
    MailStore open(UnaryOperator<String> shown) throws Failure;
  }

  /**
   * @param prefix of names, with the owner if it is another's mail
   */
  NamespacePart(Namespace namespace, String prefix, Opener opener) {
    this.namespace = namespace;
    this.prefix = prefix;
    this.opener = opener;
  }

  Namespace namespace() {
    return namespace;
  }

  String prefix() {
    return prefix;
  }

  char separator() {
    return namespace.separator();
  }

  /** The prefix without the separator at its end. */
  String bare() {
    return prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1);
  }

  boolean isAlias() {
    return namespace.aliasFor().isPresent();
  }

  boolean isOwn() {
    return namespace.type() == Namespace.Type.PRIVATE;
  }

  /** Whether INBOX is in it. */
  boolean hasInbox() {
    return namespace.inbox();
  }

  /**
   * The tree.
   *
   * @throws Failure when it cannot be opened, the same one each time
   */
  MailStore store() throws Failure {
    if (failure != null) {
      throw failure;
    }
    if (opened == null) {
      try {
        opened = opener.open(this::shown);
      } catch (Failure e) {
        failure = e;
        throw e;
      }
    }
    return opened;
  }

  void close() {
    if (opened != null) {
      opened.close();
    }
  }

  /** Whether a name is in it, as far as the prefix tells: {@code INBOX} there is in any case. */
  boolean holds(String name) {
    return begins(name, prefix) || name.length() == prefix.length() - 1 && begins(name, bare());
  }

  private static boolean begins(String name, String prefix) {
    boolean caseless = prefix.startsWith(INBOX) && name.length() >= INBOX.length();
    return caseless
        ? name.regionMatches(true, 0, INBOX, 0, INBOX.length())
            && name.startsWith(prefix.substring(INBOX.length()), INBOX.length())
        : name.startsWith(prefix);
  }

  /** A name that it {@link #holds}, with the prefix as configured. */
  String spelled(String name) {
    return name.length() < prefix.length() ? bare() : prefix + name.substring(prefix.length());
  }

  /**
   * What a name is called in the tree; INBOX for the tree's own directory.
   *
   * @param name spelled as {@link #spelled} does
   * @return nothing when there can be no such mailbox
   */
  Optional<String> inside(String name) throws Failure {
    if (name.equals(INBOX) && hasInbox() || name.length() < prefix.length()) {
      return Optional.of(INBOX);
    }
    String rest = name.substring(prefix.length());
    if (rest.equalsIgnoreCase(INBOX)) { // in the tree it is the directory itself
      return namespace.isForOwners() ? Optional.of(INBOX) : Optional.empty();
    }
    char own = own();
    boolean ambiguous = own != separator() && rest.indexOf(own) >= 0;
    return ambiguous || rest.isEmpty()
        ? Optional.empty()
        : Optional.of(rest.replace(separator(), own));
  }

  /**
   * As {@link #inside}.
   *
   * @throws Failure with exit code 64 when there can be no such mailbox
   */
  String validInside(String name) throws Failure {
    String rest = name.length() < prefix.length() ? INBOX : name.substring(prefix.length());
    if (rest.equalsIgnoreCase(INBOX)) {
      return inside(name)
          .orElseThrow(() -> new Failure(Outcome.DATA_ERROR, "INBOX has no prefix: " + name));
    }
    String levels = separator() + rest + separator();
    if (levels.contains("" + separator() + separator())) {
      throw Failure.usage("Invalid mailbox name: '%s' (a level is empty)".formatted(name));
    }
    for (char foreign : new char[] {own(), '/'}) {
      if (foreign != separator() && rest.indexOf(foreign) >= 0) {
        throw Failure.usage(
            "Invalid mailbox name: '%s' (no level may have '%c' in its name)"
                .formatted(name, foreign));
      }
    }
    return rest.replace(separator(), own());
  }

  /** Separates levels in the tree. */
  char own() throws Failure {
    return store().named("").separator();
  }

  /**
   * What a mailbox of the tree is called outside; nothing for one that cannot be named there.
   *
   * @param own what separates its levels in the tree
   */
  Optional<String> outside(String inside, char own) {
    if (inside.equals(INBOX)) {
      return root();
    }
    boolean ambiguous = own != separator() && inside.indexOf(separator()) >= 0;
    return ambiguous ? Optional.empty() : Optional.of(prefix + inside.replace(own, separator()));
  }

  /** The name of the tree's own directory; nothing where it has none. */
  private Optional<String> root() {
    if (hasInbox()) {
      return Optional.of(INBOX);
    }
    String name = namespace.isForOwners() ? prefix + INBOX : bare();
    return Optional.of(name).filter(text -> !text.isEmpty());
  }

  private String shown(String inside) {
    char own = opened == null ? separator() : opened.named("").separator();
    return outside(inside, own).orElse(inside);
  }

  /** The special uses of a mailbox. */
  Set<String> uses(String name) {
    return namespace.mailboxes().stream()
        .filter(box -> name(box).equals(name))
        .flatMap(box -> box.uses().stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The full name of a mailbox that the configuration names. */
  String name(ConfiguredMailbox box) {
    return box.name().equals(INBOX) && hasInbox() ? INBOX : prefix + box.name();
  }

  MailStore.ListedName listed(String name, boolean selectable) {
    return new MailStore.ListedName(name, selectable, separator(), uses(name));
  }
}
