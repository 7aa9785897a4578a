package org.doveadmsshd.storage.maildir;

import java.nio.charset.StandardCharsets;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.PosixException;

/**
 * Hands out UIDVALIDITY values for the mailboxes of one user, each once: {@code
 * dovecot-uidvalidity.<8 hex digits>} is an empty file whose name is the last value, and taking the
 * next is renaming it (Dovecot: mailbox-uidvalidity.c). {@code dovecot-uidvalidity} repeats the
 * value.
 */
final class UidValidity {
  private static final String FILE = "dovecot-uidvalidity";
  private static final int TRIES = 10;

  private UidValidity() {}

  /** Takes the next value. */
  static long next(Directory root) throws PosixException {
    for (int i = 0; i < TRIES; i++) {
      long last = last(root);
      try {
        if (last == 0) {
          long first = System.currentTimeMillis() / 1000;
          root.create(name(first), 0444).close();
          return remember(root, first);
        }
        root.rename(name(last), name(last + 1));
        return remember(root, last + 1);
      } catch (PosixException e) {
        if (!e.isMissing() && !e.isExisting()) {
          throw e;
        } // another process took that value: look again
      }
    }
    return System.currentTimeMillis() / 1000;
  }

  private static long last(Directory root) throws PosixException {
    long last = 0;
    for (String name : root.list()) {
      if (name.matches(FILE + "\\.[0-9a-f]{8}")) {
        last = Math.max(last, Long.parseLong(name.substring(FILE.length() + 1), 16));
      }
    }
    return last;
  }

  private static long remember(Directory root, long value) throws PosixException {
    String aside = FILE + ".tmp." + ProcessHandle.current().pid() + "." + System.nanoTime();
    try (AsideFile file = new AsideFile(root, aside)) {
      file.file().write("%08x".formatted(value).getBytes(StandardCharsets.US_ASCII));
      file.file().sync();
      file.put(FILE);
    }
    return value;
  }

  private static String name(long value) {
    return FILE + ".%08x".formatted(value);
  }
}
