package org.doveadmsshd.accounts;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A part of a user's mailboxes, as Dovecot's section {@code namespace} describes it.
 *
 * @param name of the section
 * @param prefix that the names in it begin with, with the separator at its end; may be empty. For
 *     {@link Type#SHARED} it may have {@code %%u}, {@code %%n} and {@code %%d} for the owner
 * @param separator stands between levels of names
 * @param location template of where its mail is; nothing for where the user's own mail is
 * @param inbox whether INBOX is in it
 * @param listed whether its mailboxes are listed when no prefix is named
 * @param subscriptions whether subscriptions to its mailboxes are kept in it, rather than in the
 *     namespace around it
 * @param hidden whether IMAP's NAMESPACE leaves it out; nothing here depends on it
 * @param aliasFor prefix of the namespace whose mail this one shows by other names
 * @param mailboxes what is said of single mailboxes
 */
public record Namespace(
    String name,
    Type type,
    String prefix,
    char separator,
    Optional<String> location,
    boolean inbox,
    Listed listed,
    boolean subscriptions,
    boolean hidden,
    Optional<String> aliasFor,
    List<ConfiguredMailbox> mailboxes) {
  public Namespace {
    mailboxes = List.copyOf(mailboxes);
  }

  /** Whose mail it is. */
  public enum Type {
    /** The user's own. */
    PRIVATE,
    /** Another user's. */
    SHARED,
    /** Nobody's. */
    PUBLIC
  }

  /** Whether its mailboxes are listed when no prefix is named. */
  public enum Listed {
    YES,
    NO,
    /** Yes; the prefix itself only when there is a mailbox. */
    CHILDREN
  }

  /** When a mailbox is made. */
  public enum Auto {
    NO,
    /** When something is put into it. */
    CREATE,
    /** As {@link #CREATE}; and users are subscribed to it. */
    SUBSCRIBE
  }

  /**
   * What a configuration says of a mailbox.
   *
   * @param name inside the namespace, without the prefix
   * @param uses special uses (RFC 6154), such as {@code \Trash}
   */
  public record ConfiguredMailbox(String name, Set<String> uses, Auto auto) {
    public ConfiguredMailbox {
      uses = Set.copyOf(uses);
    }
  }

  /** Whether it stands for many, one for each owner whom a name names. */
  public boolean isForOwners() {
    return type == Type.SHARED && prefix.indexOf('%') >= 0;
  }

  /** The part of the prefix that says no owner. */
  public String fixedPrefix() {
    return isForOwners() ? prefix.substring(0, prefix.indexOf('%')) : prefix;
  }

  /** Without the separator at the end; empty for an empty one. */
  public String bareFixedPrefix() {
    String fixed = fixedPrefix();
    return fixed.isEmpty() ? "" : fixed.substring(0, fixed.length() - 1);
  }
}
