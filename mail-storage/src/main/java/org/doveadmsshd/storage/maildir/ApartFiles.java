package org.doveadmsshd.storage.maildir;

import java.io.Closeable;
import java.util.List;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.FileStatus;
import org.doveadmsshd.posix.PosixException;

/**
 * Directories of mailboxes that lie apart from the mail: of control files, or of Dovecot's indexes.
 *
 * @param root the directory below which they lie
 * @param owned whether it is to be closed here
 */
record ApartFiles(Directory root, boolean owned) implements Closeable {
  private static final int DEEPEST = 64;

  /**
   * Takes the files of a mailbox along to its new name. What is left there of an earlier mailbox of
   * that name goes; nothing happens where the mailbox has no files here.
   */
  void rename(List<String> from, List<String> to, FileStatus model) throws PosixException {
    if (!isThere(from)) {
      return;
    }
    clear(to, true);
    Descent.removeEmpty(root, to);
    Descent.rename(root, from, to, model);
    if (from.size() > 1) {
      Descent.removeEmpty(root, from.subList(0, from.size() - 1));
    }
  }

  private boolean isThere(List<String> levels) throws PosixException {
    try {
      Descent.open(root, levels).close();
      return true;
    } catch (PosixException e) {
      if (e.isMissing()) {
        return false;
      }
      throw e;
    }
  }

  /** Removes the files of a mailbox; those of its children stay. */
  void remove(List<String> levels) throws PosixException {
    clear(levels, false);
    Descent.removeEmpty(root, levels);
    root.sync();
  }

  private void clear(List<String> levels, boolean below) throws PosixException {
    try (Directory directory = Descent.open(root, levels)) {
      clear(directory, below ? DEEPEST : 0);
    } catch (PosixException e) {
      if (!e.isMissing()) {
        throw e;
      }
    }
  }

  /**
   * Removes files that Dovecot and this program have made; whatever else somebody keeps there
   * stays.
   *
   * @param levels how many directories deep it goes
   */
  private static void clear(Directory directory, int levels) throws PosixException {
    for (String file : directory.list()) {
      if (!directory.status(file).isDirectory()) {
        if (file.startsWith("dovecot") || file.startsWith("doveadm-sshd.")) {
          directory.unlink(file);
        }
      } else if (levels > 0) {
        try (Directory inside = directory.directory(file)) {
          clear(inside, levels - 1);
        }
        Descent.removeEmpty(directory, List.of(file));
      }
    }
  }

  @Override
  public void close() {
    if (owned) {
      root.close();
    }
  }
}
