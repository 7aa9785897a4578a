package org.doveadmsshd.storage;

import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.mime.HeaderField;

/**
 * One mail. What is not in its name is looked up when asked for, once.
 *
 * <p>Every method may throw {@link MailGoneException} when another program has expunged the mail,
 * and {@link MailFailure} when there is something about this mail alone.
 */
public interface Mail {
  /** 1 and up; 0 when mails were not numbered. */
  long uid();

  /** Position among the mails of the mailbox by UID, from 1; 0 when mails were not numbered. */
  int sequence();

  Flags flags() throws Failure;

  /** Whether it has a flag; a store may know that without knowing what its keywords are called. */
  default boolean has(Flag flag) throws Failure {
    return flags().has(flag);
  }

  /** The mail's identity across mailboxes, as Dovecot tells it. */
  String guid();

  /** When it was delivered: seconds since 1970. */
  long received() throws Failure;

  /** When it was put into this mailbox, as far as is known: seconds since 1970. */
  long saved() throws Failure;

  /** Bytes as stored. */
  long physicalSize() throws Failure;

  /** Bytes with CRLF line ends. */
  long virtualSize() throws Failure;

  /**
   * The values of the header fields of a name, in any case, in the order of the mail, as far as the
   * store knows them without opening it. Nothing when the mail has to be read for them.
   */
  default Optional<List<String>> rememberedHeader(String name) {
    return Optional.empty();
  }

  /** The names, in lower case, of the header fields that the store would like to know. */
  default List<String> rememberedNames() {
    return List.of();
  }

  /**
   * Tells the store its header, so that it need not be read next time.
   *
   * @param fields all fields of {@link #rememberedNames}, in the order of the mail
   */
  default void rememberHeader(List<HeaderField> fields) {}

  /**
   * The mail as stored, unbuffered; the caller closes it. What it throws when the mail cannot be
   * read, or is no mail that we can read, is an {@link UnreadableMailException}.
   *
   * @throws MailFailure when it cannot be opened
   */
  InputStream open() throws Failure;

  /** As {@link #open}, whatever it is that is stored: for copies. */
  default InputStream openStored() throws Failure {
    return open();
  }

  /** What the storage calls it: with Maildir the name of the file without flags. */
  String storageId();

  /** How many mailboxes share the stored bytes. */
  int references() throws Failure;

  /** The identifier that POP3 clients were told, where one is stored; else empty. */
  String popUidl();

  /** Where POP3 clients see it, where that is stored; else empty. */
  String popOrder();

  /** Removes the mail for good. */
  void expunge() throws Failure;
}
