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
  /** As it is usually called. */
  static final String FILE = "subscriptions";

  static final String LOCK = FILE + ".lock";
  private static final int MAX_SIZE = 4 * 1024 * 1024;
  private static final String VERSION_2 = "V\t2";
  private static final long STALE_NANOS = 30_000_000_000L;
  private static final long PAUSE_MILLIS = 50;

  private final Directory root;
  private final String file;
  private final String lock;
  private final char separator;

  /**
   * @param root of the control files
   * @param file its name there
   * @param separator between levels of the names
   */
  Subscriptions(Directory root, String file, char separator) {
    this.root = root;
    this.file = file;
    this.lock = file + ".lock";
    this.separator = separator;
  }

  /** The names as they are on disk, in their order; none without a file. */
  List<String> read() throws PosixException {
    return parse(content(), separator);
  }

  private String content() throws PosixException {
    try (OpenFile opened = root.read(file)) {
      return new String(opened.readAll(MAX_SIZE), StandardCharsets.ISO_8859_1);
    } catch (PosixException e) {
      if (e.isMissing()) {
        return "";
      }
      throw e;
    }
  }

  static List<String> parse(String content, char separator) {
    List<String> names = new ArrayList<>();
    each(content, separator, (line, name) -> names.add(name));
    return names;
  }

  /** Takes a line's number, from 1 on, and the name in it. */
  @FunctionalInterface
  private interface Lines {
    void take(int line, String name);
  }

  private static void each(String content, char separator, Lines lines) {
    String[] all = content.split("\n", -1);
    boolean version2 = all[0].equals(VERSION_2);
    for (int i = version2 ? 1 : 0; i < all.length; i++) {
      if (!all[i].isEmpty()) {
        lines.take(i + 1, version2 ? unescape(all[i].replace('\t', separator)) : all[i]);
      }
    }
  }

  /** The numbers of lines whose name no mailbox can have, from 1 on. */
  List<Integer> malformed(MailboxPaths paths) throws PosixException {
    List<Integer> malformed = new ArrayList<>();
    each(
        content(),
        separator,
        (line, name) -> {
          boolean possible = paths.subscribed(name).filter(each -> !isOdd(paths, each)).isPresent();
          if (!possible) {
            malformed.add(line);
          }
        });
    return malformed;
  }

  private static boolean isOdd(MailboxPaths paths, String name) {
    return paths.hasEmptyLevel(name) || name.codePoints().anyMatch(Printable::isControl);
  }

  /**
   * Changes the list.
   *
   * @param change from the names that were there to those that shall be; the same list for no
   *     change
   */
  void change(MaildirStore.Context context, UnaryOperator<List<String>> change)
      throws Failure, PosixException {
    try (OpenFile next = lock(context)) {
      FileStatus own = next.status();
      boolean replaced = false;
      try {
        String old = content();
        List<String> before = parse(old, separator);
        List<String> after = change.apply(before);
        if (!after.equals(before)) {
          next.adopt(root.status());
          boolean version2 = old.isEmpty() || old.startsWith(VERSION_2);
          next.write(format(after, version2).getBytes(StandardCharsets.ISO_8859_1));
          next.sync();
          if (!isStill(own)) {
            throw Failure.temporary(
                "The subscriptions were changed by another program meanwhile; nothing was changed",
                null);
          }
          root.rename(lock, file);
          replaced = true;
          root.sync();
        }
      } finally {
        if (!replaced && isStill(own)) { // else it was taken for stale: it is another's now
          root.unlink(lock);
        }
      }
    }
  }

  private boolean isStill(FileStatus own) throws PosixException {
    try {
      return root.status(lock).isSameFile(own);
    } catch (PosixException e) {
      if (e.isMissing()) {
        return false;
      }
      throw e;
    }
  }

  private String format(List<String> names, boolean version2) {
    StringBuilder content = new StringBuilder(version2 ? VERSION_2 + "\n\n" : "");
    for (String name : names) {
      content.append(version2 ? escape(name).replace(separator, '\t') : name).append('\n');
    }
    return content.toString();
  }

  private OpenFile lock(MaildirStore.Context context) throws Failure, PosixException {
    long deadline = System.nanoTime() + context.lockPatience().toNanos();
    while (true) {
      try {
        return root.create(lock, 0600);
      } catch (PosixException e) {
        if (!e.isExisting()) {
          throw e;
        }
      }
      if (removeIfStale()) {
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
  private boolean removeIfStale() throws PosixException {
    try {
      FileStatus old = root.status(lock);
      long age = System.currentTimeMillis() * 1_000_000L - old.modifiedNanos();
      boolean isStale = age > STALE_NANOS && isStill(old);
      if (isStale) {
        root.unlink(lock);
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
