package org.doveadmsshd.storage.maildir;

/** The memory for the mails of a mailbox. Used by one thread. */
@FunctionalInterface
interface Room {
  /**
   * For what is small in any case. The archive of classes with which workers start has no lambda of
   * an interface's initializer: each worker would make its class anew.
   */
  Room ANY =
      new Room() {
        @Override
        public void grow(long bytes) {
          // there is enough
        }
      };

  /** There is no more memory; mails gathered so far have to be dropped. */
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

  /** Bytes used now, for {@link #back}. */
  default long used() {
    return 0;
  }

  /** Goes back to an earlier number of bytes used: later ones have been dropped. */
  default void back(long before) {}
}
