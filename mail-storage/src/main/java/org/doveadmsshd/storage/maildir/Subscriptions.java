package org.doveadmsshd.storage.maildir;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.FileStatus;
import org.doveadmsshd.posix.OpenFile;
import org.doveadmsshd.posix.PosixException;

/**
 * The {@code subscriptions} file: a header {@code V<TAB>2}, an empty line, then a name per line
 * with a TAB between its levels; before version 2 one plain name per line.
 *
 * <p>As with Dovecot the new content is written into the lock file, which then becomes the file.
 */
final class Subscriptions {
  static final String FILE = "subscriptions";
  static final String LOCK = FILE + ".lock";
  private static final int MAX_SIZE = 4 * 1024 * 1024;
  private static final String VERSION_2 = "V\t2";
  private static final long STALE_NANOS = 30_000_000_000L;
  private static final long PAUSE_MILLIS = 50;

  private Subscriptions() {}

  /** The storage names ({@code A.B}, modified UTF-7) in their order; none without a file. */
  static List<String> read(Directory root) throws PosixException {
    return parse(content(root));
  }

  private static String content(Directory root) throws PosixException {
    try (OpenFile file = root.read(FILE)) {
      return new String(file.readAll(MAX_SIZE), StandardCharsets.ISO_8859_1);
    } catch (PosixException e) {
      if (e.isMissing()) {
        return "";
      }
      throw e;
    }
  }

  static List<String> parse(String content) {
    List<String> names = new ArrayList<>();
    each(content, (line, name) -> names.add(name));
    return names;
  }

  /** Takes a line's number, from 1 on, and the name in it. */
  @FunctionalInterface
  private interface Lines {
    void take(int line, String name);
  }

  private static void each(String content, Lines lines) {
    String[] all = content.split("\n", -1);
    boolean version2 = all[0].equals(VERSION_2);
    for (int i = version2 ? 1 : 0; i < all.length; i++) {
      if (!all[i].isEmpty()) {
        lines.take(i + 1, version2 ? unescape(all[i].replace('\t', '.')) : all[i]);
      }
    }
  }

  /** The numbers of lines whose name no mailbox can have, from 1 on. */
  static List<Integer> malformed(Directory root) throws PosixException {
    List<Integer> malformed = new ArrayList<>();
    each(
        content(root),
        (line, name) -> {
          boolean possible = ModifiedUtf7.decode(name).filter(each -> !isOdd(each)).isPresent();
          if (!possible) {
            malformed.add(line);
          }
        });
    return malformed;
  }

  private static boolean isOdd(String name) {
    return MaildirStore.hasEmptyComponent(name) || name.codePoints().anyMatch(Printable::isControl);
  }

  /**
   * Changes the list.
   *
   * @param change from the names that were there to those that shall be; the same list for no
   *     change
   */
  static void change(
      Directory root, MaildirStore.Context context, UnaryOperator<List<String>> change)
      throws Failure, PosixException {
    try (OpenFile lock = lock(root, context)) {
      FileStatus own = lock.status();
      boolean replaced = false;
      try {
        String old = content(root);
        List<String> before = parse(old);
        List<String> after = change.apply(before);
        if (!after.equals(before)) {
          lock.adopt(root.status());
          boolean version2 = old.isEmpty() || old.startsWith(VERSION_2);
          lock.write(format(after, version2).getBytes(StandardCharsets.ISO_8859_1));
          lock.sync();
          if (!isStill(root, own)) {
            throw Failure.temporary(
                "The subscriptions were changed by another program meanwhile; nothing was changed",
                null);
          }
          root.rename(LOCK, FILE);
          replaced = true;
          root.sync();
        }
      } finally {
        if (!replaced && isStill(root, own)) { // else it was taken for stale: it is another's now
          root.unlink(LOCK);
        }
      }
    }
  }

  private static boolean isStill(Directory root, FileStatus own) throws PosixException {
    try {
      return root.status(LOCK).isSameFile(own);
    } catch (PosixException e) {
      if (e.isMissing()) {
        return false;
      }
      throw e;
    }
  }

  private static String format(List<String> names, boolean version2) {
    StringBuilder content = new StringBuilder(version2 ? VERSION_2 + "\n\n" : "");
    for (String name : names) {
      content.append(version2 ? escape(name).replace('.', '\t') : name).append('\n');
    }
    return content.toString();
  }

  private static OpenFile lock(Directory root, MaildirStore.Context context)
      throws Failure, PosixException {
    long deadline = System.nanoTime() + context.lockPatience().toNanos();
    while (true) {
      try {
        return root.create(LOCK, 0600);
      } catch (PosixException e) {
        if (!e.isExisting()) {
          throw e;
        }
      }
      if (removeIfStale(root)) {
        continue;
      }
      if (System.nanoTime() > deadline) {
        throw new Failure(
            Outcome.TEMPORARY_FAILURE, "The subscriptions are locked by another program");
      }
      context.checkpoint().check();
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Failure(Outcome.CANCELLED, "Stopped while the subscriptions were locked");
      }
    }
  }

  /** Removes a lock that a killed process has left. Returns whether it has. */
  private static boolean removeIfStale(Directory root) throws PosixException {
    try {
      FileStatus lock = root.status(LOCK);
      long age = System.currentTimeMillis() * 1_000_000L - lock.modifiedNanos();
      boolean isStale = age > STALE_NANOS && isStill(root, lock);
      if (isStale) {
        root.unlink(LOCK);
      }
      return isStale;
    } catch (PosixException e) {
      if (!e.isMissing()) {
        throw e;
      }
      return false;
    }
  }

  /** Undoes Dovecot's escapes: 0x01 and one of {@code 0 1 t r n}. */
  private static String unescape(String text) {
    if (text.indexOf(1) < 0) {
      return text;
    }
    return text.replace("\u0001t", "\t")
        .replace("\u0001r", "\r")
        .replace("\u0001n", "\n")
        .replace("\u00010", "\0")
        .replace("\u00011", "\u0001");
  }

  private static String escape(String text) {
    return text.replace("\u0001", "\u00011")
        .replace("\0", "\u00010")
        .replace("\n", "\u0001n")
        .replace("\r", "\u0001r")
        .replace("\t", "\u0001t");
  }
}
