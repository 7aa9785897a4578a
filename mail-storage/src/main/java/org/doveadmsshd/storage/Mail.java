package org.doveadmsshd.storage;

import java.io.InputStream;
import org.doveadmsshd.protocol.Failure;

/**
 * One mail. What is not in its name is looked up when asked for, once.
 *
 * <p>Every method may throw {@link MailGoneException} when somebody else has expunged the mail.
 */
public interface Mail {
  /** 1 and up; 0 when mails were not numbered. */
  long uid();

  /** Position among the mails of the mailbox by UID, from 1; 0 when mails were not numbered. */
  int sequence();

  Flags flags() throws Failure;

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

  /** The mail as stored, unbuffered; the caller closes it. */
  InputStream open() throws Failure;

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
