package org.doveadmsshd.storage;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.base.Failure;

/**
 * One user's mail. Used by one thread at a time.
 *
 * <p>Mailbox names are decoded text, as an IMAP client sees them; {@link #named} says what stands
 * between the levels of one. INBOX in upper case is the user's first mailbox and always there.
 */
public interface MailStore extends Closeable {
  /** Separates the levels of a mailbox name where no namespace says otherwise. */
  char SEPARATOR = '.';

  /** The name of every user's first mailbox. */
  String INBOX = "INBOX";

  /**
   * A name in the hierarchy, as LIST tells it (RFC 3501 section 7.2.2).
   *
   * @param selectable false for a parent that exists only because it has children
   * @param separator stands between its levels
   * @param uses its special uses by configuration, such as {@code \Trash} (RFC 6154)
   */
  record ListedName(String name, boolean selectable, char separator, Set<String> uses) {
    public ListedName {
      uses = Set.copyOf(uses);
    }

    /** A name where there are no namespaces. */
    public ListedName(String name, boolean selectable) {
      this(name, selectable, SEPARATOR, Set.of());
    }

    /** Whether it is that mailbox, or a child of it. */
    public boolean isIn(String mailbox) {
      return name.equals(mailbox) || name.startsWith(mailbox + separator);
    }
  }

  /** Whether the user has a mail directory at all. */
  boolean isThere();

  /** Whether the mail directory itself is a mailbox; every user's INBOX is there in any case. */
  default boolean hasInbox() throws Failure {
    return true;
  }

  /** All mailboxes and their parents, unsorted, as far as namespaces are listed. */
  List<ListedName> list() throws Failure;

  /**
   * Mailboxes and their parents that one of the masks may match, unsorted. A mask reaches into a
   * namespace with a prefix only when that stands in it: {@code *} does not.
   *
   * @param masks names, in which {@code *} and {@code %} have the meaning that they have in LIST
   */
  default List<ListedName> list(List<String> masks) throws Failure {
    return list();
  }

  /** The mailboxes that are looked into when none is named: those that are the user's alone. */
  default List<ListedName> own() throws Failure {
    return list();
  }

  /**
   * What is known of a name, whether there is such a mailbox or not: how it is spelled, and what
   * stands between its levels.
   */
  default ListedName named(String name) {
    return new ListedName(name.equalsIgnoreCase(INBOX) ? INBOX : name, true);
  }

  /**
   * The mailboxes that a name stands for: itself; for a special use, such as {@code \Trash}, those
   * that are configured for it, or itself when none is.
   */
  default List<String> meant(String name) {
    return List.of(name);
  }

  /**
   * All names by which a mailbox can be reached, the one that scopes go by first; of all of them no
   * scope may deny any.
   */
  default List<ListedName> aliases(String name) throws Failure {
    return List.of(named(name));
  }

  /** The names a user has subscribed to, in the order of subscription; they need not exist. */
  List<String> subscriptions() throws Failure;

  /** Those of them that one of the masks may match, as {@link #list(List)}. */
  default List<String> subscriptions(List<String> masks) throws Failure {
    return subscriptions();
  }

  /**
   * Opens a mailbox.
   *
   * @param name INBOX in any case, other names exactly; of several {@link #meant} the first that is
   *     there
   * @return nothing when there is no such mailbox
   */
  Optional<Mailbox> find(String name) throws Failure;

  /**
   * Makes a mailbox.
   *
   * @param guid its identity; a new one when empty
   * @throws Failure with exit code 65 when there is one of that name, 64 for a name that no mailbox
   *     can have
   */
  void create(String name, Optional<String> guid) throws Failure;

  /**
   * Removes a mailbox with its mails, not with its children.
   *
   * @param onlyEmpty whether to refuse when it has mails
   * @param force whether mails that come meanwhile are removed as well rather than ending it
   * @throws Failure with exit code 68 when there is none, 65 when it may not be removed
   */
  void delete(String name, boolean onlyEmpty, boolean force) throws Failure;

  /**
   * Renames a mailbox and its children. Each is renamed in one step, children first, so that what a
   * crash leaves undone is done by the same call once more.
   *
   * @throws Failure with exit code 68 when there is none, 65 when the new name is taken
   */
  void rename(String from, String to) throws Failure;

  /** Subscribes to names, or ends that; says which of them were not subscribed to before. */
  List<String> subscribe(List<String> names, boolean subscribed) throws Failure;

  /**
   * Subscribes to a mailbox of another tree, or ends that.
   *
   * @param line what stands for it among the subscriptions of this one, decoded
   * @return whether that has changed anything
   */
  default boolean subscribeAsKept(String line, boolean subscribed) throws Failure {
    return subscribe(List.of(line), subscribed).isEmpty();
  }

  /** The places of a mailbox's files. */
  enum PathType {
    DIRECTORY,
    MAILBOX,
    CONTROL,
    INDEX
  }

  /**
   * The path of a mailbox on this machine, whether it exists or not.
   *
   * @throws Failure with exit code 64 for a name that no mailbox can have
   */
  String path(String name, PathType type) throws Failure;

  /** How much the user may store. */
  QuotaRules quotaRules();

  /**
   * How much the user has stored.
   *
   * @param rules how it is counted; {@link #quotaRules} or a change of them
   */
  QuotaUsage quota(QuotaRules rules) throws Failure;

  /** Counts anew what the quota is measured by. */
  void recalculateQuota() throws Failure;

  /**
   * Looks for what is not as it should be: in names, owners, modes, sizes and lists. It changes
   * nothing, takes no lock, and reads no mail. What other programs change meanwhile is passed over.
   *
   * @throws Failure when it cannot be looked for, or the taker ends it
   * @throws IOException from the taker
   */
  void check(Oddity.Taker found) throws Failure, IOException;

  @Override
  void close();
}
