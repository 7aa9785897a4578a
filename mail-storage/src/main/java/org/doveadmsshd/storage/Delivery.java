package org.doveadmsshd.storage;

import java.io.Closeable;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalLong;
import org.doveadmsshd.base.Failure;

/**
 * Mails on their way into a mailbox. None is visible before {@link #commit}; closing without it
 * leaves no trace. Used by one thread.
 *
 * <p>Of each mail a crash leaves either the old state or the new one: it is never lost, and a mail
 * that moves within one file system is never there twice.
 */
public interface Delivery extends Closeable {
  /**
   * What a new mail is to have.
   *
   * @param flags {@link Flag#RECENT} is ignored
   * @param received seconds since 1970; now when empty
   * @param guid an identity of its own when empty
   * @param uid the next one when empty, or when the given one is below that
   */
  record About(Flags flags, OptionalLong received, Optional<String> guid, OptionalLong uid) {
    /** A mail that has just come. */
    public static final About NEW =
        new About(Flags.NONE, OptionalLong.empty(), Optional.empty(), OptionalLong.empty());
  }

  /**
   * Takes a mail from a stream, which is read to its end and not closed. CRLF is stored as LF.
   *
   * @throws Failure with exit code 73 when it would exceed the quota; a store may say so at the
   *     commit instead
   */
  void save(InputStream mail, About about) throws Failure;

  /** Takes a copy of a mail with its flags, identity and dates, from any store. */
  void copy(Mail mail) throws Failure;

  /** Takes a mail away from where it is; at the commit it leaves there and appears here. */
  void move(Mail mail) throws Failure;

  /**
   * Makes all of them visible and durable. Their UIDs will be in the order in which they were
   * taken.
   *
   * @return how many mails have come; those that were expunged meanwhile at their source have not
   * @throws Failure when not all of them could be; those that have come stay
   */
  int commit() throws Failure;

  /** How many mails have come so far; of use when {@link #commit} has failed. */
  int arrived();

  @Override
  void close();
}
