package org.doveadmsshd.storage;

import java.io.Closeable;
import java.util.List;
import org.doveadmsshd.protocol.Failure;

/** One open mailbox. Used by one thread at a time; its mails are of no use after it is closed. */
public interface Mailbox extends Closeable {
  /** Decoded, with INBOX in upper case. */
  String name();

  /**
   * What identifies the mailbox and its UIDs (RFC 3501 section 2.3.1.1).
   *
   * @param guid 32 hexadecimal digits
   */
  record Identity(String guid, long uidValidity, long uidNext) {}

  /** The identity; where a mailbox has none yet, it gets one. */
  Identity identity() throws Failure;

  /**
   * The mails that are there now.
   *
   * @param numbered whether UIDs and sequence numbers are wanted. If so, mails are in ascending
   *     order of UID and new ones get theirs; if not, nothing is written and the order is arbitrary
   */
  List<? extends Mail> mails(boolean numbered) throws Failure;

  @Override
  void close();
}
