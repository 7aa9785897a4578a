package org.doveadmsshd.storage;

import java.io.Closeable;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.protocol.Failure;

/**
 * One user's mail. Used by one thread at a time.
 *
 * <p>Mailbox names are decoded text with {@link #SEPARATOR} between levels; INBOX in upper case is
 * the user's first mailbox and always there.
 */
public interface MailStore extends Closeable {
  /** What stands between the levels of a mailbox name. */
  char SEPARATOR = '.';

  /** The name of every user's first mailbox. */
  String INBOX = "INBOX";

  /**
   * A name in the hierarchy.
   *
   * @param selectable false for a parent that exists only because it has children
   */
  record Entry(String name, boolean selectable) {}

  /** All mailboxes and their parents, unsorted. */
  List<Entry> list() throws Failure;

  /** The names a user has subscribed to, in the order of subscription; they need not exist. */
  List<String> subscriptions() throws Failure;

  /**
   * Opens a mailbox.
   *
   * @param name INBOX in any case, other names exactly
   * @return nothing when there is no such mailbox
   */
  Optional<Mailbox> find(String name) throws Failure;

  @Override
  void close();
}
