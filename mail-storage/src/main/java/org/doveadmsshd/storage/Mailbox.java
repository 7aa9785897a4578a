package org.doveadmsshd.storage;

import java.io.Closeable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.doveadmsshd.base.Failure;

/** One open mailbox. Used by one thread at a time; its mails are of no use after it is closed. */
public interface Mailbox extends Closeable {
  /** Decoded, with INBOX in upper case. */
  String name();

  /**
   * What the mailbox and its UIDs are known by (RFC 3501 section 2.3.1.1).
   *
   * @param guid 32 hexadecimal digits
   */
  record Identifiers(String guid, long uidValidity, long uidNext) {}

  /** The identifiers; where a mailbox has none yet, it gets them. */
  Identifiers identifiers() throws Failure;

  /**
   * The mails that are there now. A mail is an object only as long as it is referred to: the same
   * place in the list may give another one later.
   *
   * @param numbered whether UIDs and sequence numbers are wanted. If so, mails are in ascending
   *     order of UID and new ones get theirs; if not, nothing is written and the order is arbitrary
   */
  List<? extends Mail> mails(boolean numbered) throws Failure;

  /** How many mails are there now. */
  default int count() throws Failure {
    return mails(false).size();
  }

  /**
   * Gives mails of this mailbox exactly these flags; {@link Flag#RECENT} stays as it is. Those that
   * were expunged meanwhile are passed over.
   *
   * @throws MailFailure when not all could be changed; all others have been
   */
  void setFlags(Map<? extends Mail, Flags> changes) throws Failure;

  /** Begins to put mails into it. */
  Delivery deliver() throws Failure;

  /**
   * Changes of a mailbox's identity; empty fields stay as they are.
   *
   * @param guid 32 hexadecimal digits
   * @param uidNext never less than it is
   */
  record Update(Optional<String> guid, OptionalLong uidValidity, OptionalLong uidNext) {}

  /**
   * Changes what identifies the mailbox; another UIDVALIDITY makes clients forget all they know.
   */
  void update(Update update) throws Failure;

  /**
   * Repairs the mailbox: gives new mails their UIDs, forgets UIDs of mails that are gone, and mends
   * a damaged UID list. Mails whose UIDs are in doubt get new ones.
   */
  void resync() throws Failure;

  /**
   * Takes memory for data about its mails that a caller keeps while it is open; waits until it is
   * there.
   *
   * @throws Failure with exit code 75 when it is more than there is, or was not there in time
   */
  void hold(long bytes) throws Failure;

  /** Removes the cache. Mails stay. */
  void forget() throws Failure;

  @Override
  void close();
}
