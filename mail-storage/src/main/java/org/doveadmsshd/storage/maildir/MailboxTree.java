package org.doveadmsshd.storage.maildir;

import java.util.List;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.PosixException;

/**
 * Removes and renames the directories of mailboxes in a Maildir++ tree. Names are those of
 * directories, {@code .A.B}. A mailbox is removed by renaming it aside in one step.
 */
final class MailboxTree {
  /** Where Dovecot, too, puts mailboxes while they are removed. */
  static final String TRASHED = "..DOVECOT-TRASHED";

  private static final int MAX_DEPTH = 20;

  private final Directory root;

  MailboxTree(Directory root) {
    this.root = root;
  }

  /**
   * Removes a mailbox.
   *
   * @param mails the mails that may go with it; null for any
   * @param warnings told of what is left of it that cannot be removed; it is no mailbox any more
   */
  void delete(String file, String shown, MailTable mails, Consumer<String> warnings)
      throws Failure, PosixException {
    if (root.status(file).isLink()) {
      root.unlink(file);
      return;
    }
    String aside = trash(file);
    boolean others = true;
    try {
      others = mails != null && hasOthers(aside, mails);
    } finally {
      if (others) { // or it is not known
        restore(aside, file, shown);
      }
    }
    if (others) {
      throw new Failure(
          Outcome.DATA_ERROR, "New mails were found, cancelled mailbox delete: " + shown);
    }
    try {
      root.sync();
      removeTree(root, aside, 0);
    } catch (PosixException e) {
      warnings.accept(
          "Mailbox %s is deleted, but not all of its files, which now are in %s: %s: %s"
              .formatted(shown, aside, e.file(), MaildirStore.reason(e)));
    }
  }

  /** Puts a mailbox back that was renamed aside, where no program would keep it for long. */
  private void restore(String aside, String file, String shown) throws Failure, PosixException {
    try {
      root.rename(aside, root, file);
    } catch (PosixException e) {
      if (!e.isExisting()) {
        throw e;
      }
      String name = "-restored-" + System.currentTimeMillis() / 1000;
      root.rename(aside, root, file + name);
      throw new Failure(
          Outcome.DATA_ERROR,
          "New mails were found, cancelled mailbox delete: %s has been made anew meanwhile, its mails are in %s%s"
              .formatted(shown, shown, name));
    }
  }

  /** Renames a mailbox aside; returns its name there. */
  private String trash(String file) throws PosixException {
    try {
      root.rename(file, root, TRASHED);
      return TRASHED;
    } catch (PosixException e) {
      if (!e.isNotEmpty()) {
        throw e;
      }
    }
    String aside = TRASHED + "." + NewFileName.next().replace('.', '_'); // hidden: no mailbox name
    root.rename(file, root, aside);
    return aside;
  }

  private boolean hasOthers(String aside, MailTable mails) throws PosixException {
    try (Directory mailbox = root.directory(aside)) {
      return hasOthers(mailbox, List.of("cur", "new"), mails);
    }
  }

  /**
   * Whether there are mails that are not in a table.
   *
   * @param parts directories of the mailbox, which may be missing
   */
  static boolean hasOthers(Directory mailbox, List<String> parts, MailTable mails)
      throws PosixException {
    boolean[] found = new boolean[1];
    for (String part : parts) {
      try (Directory directory = mailbox.directory(part)) {
        directory.files(
            (array, from, length) ->
                found[0] |=
                    MaildirName.isMail(array, from, length)
                        && mails.findName(array, from, length) < 0);
      } catch (PosixException e) {
        if (!e.isMissing()) {
          throw e;
        }
      }
    }
    return found[0];
  }

  /** Removes a directory and all in it, following no link. */
  static void removeTree(Directory parent, String name, int depth) throws Failure, PosixException {
    if (depth > MAX_DEPTH) {
      throw new Failure(
          Outcome.TEMPORARY_FAILURE, "Directories in a removed mailbox are nested too deeply");
    }
    try (Directory directory = parent.directory(name)) {
      for (String file : directory.list()) {
        if (directory.status(file).isDirectory()) {
          removeTree(directory, file, depth + 1);
        } else {
          directory.unlink(file);
        }
      }
    }
    parent.removeDirectory(name);
  }

  /** Renames a mailbox; the new name must not be taken. */
  void rename(String from, String to) throws PosixException {
    root.rename(from, root, to);
  }
}
