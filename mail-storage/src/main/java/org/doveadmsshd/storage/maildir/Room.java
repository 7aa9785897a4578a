package org.doveadmsshd.storage.maildir;

/** Where the memory for the mails of a mailbox is taken from. Used by one thread. */
@FunctionalInterface
interface Room {
  /** For what is small in any case. */
  Room ANY = bytes -> {};

  /** There is no more memory; what was being gathered has to be dropped. */
  final class NoneException extends Exception {
    NoneException() {
      super("no room", null, false, false);
    }
  }

  /**
   * Called before more bytes are used.
   *
   * @throws NoneException when they are not to be had
   */
  void grow(long bytes) throws NoneException;

  /** What is used now, as {@link #back} takes it. */
  default long used() {
    return 0;
  }

  /** Says that what was used since then has been dropped. */
  default void back(long before) {}
}
