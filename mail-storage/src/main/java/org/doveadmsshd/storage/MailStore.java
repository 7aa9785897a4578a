package org.doveadmsshd.storage;

import java.io.Closeable;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;

/**
 * One user's mail. Used by one thread at a time.
 *
 * <p>Mailbox names are decoded text with {@link #SEPARATOR} between levels; INBOX in upper case is
 * the user's first mailbox and always there.
 */
public interface MailStore extends Closeable {
  /** Separates the levels of a mailbox name. */
  char SEPARATOR = '.';

  /** The name of every user's first mailbox. */
  String INBOX = "INBOX";

  /**
   * A name in the hierarchy.
   *
   * @param selectable false for a parent that exists only because it has children
   */
  record ListedName(String name, boolean selectable) {}

  /** Whether the user has a mail directory at all. */
  boolean isThere();

  /** All mailboxes and their parents, unsorted. */
  List<ListedName> list() throws Failure;

  /** The names a user has subscribed to, in the order of subscription; they need not exist. */
  List<String> subscriptions() throws Failure;

  /**
   * Opens a mailbox.
   *
   * @param name INBOX in any case, other names exactly
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

  @Override
  void close();
}
