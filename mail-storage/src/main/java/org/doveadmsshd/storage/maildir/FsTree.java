package org.doveadmsshd.storage.maildir;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.FileStatus;
import org.doveadmsshd.posix.PosixException;

/**
 * Lists, removes and renames the mailboxes of a tree of directories, Dovecot's {@code LAYOUT=fs}. A
 * directory may be a mailbox and have mailboxes in it, so it cannot be renamed aside: its {@code
 * cur} and {@code new} are, into its {@code tmp}.
 */
final class FsTree {
  /** Directories deeper than this are not looked into: each level holds one open. */
  private static final int MAX_DEPTH = 64;

  private static final List<String> MAIL = List.of("cur", "new");
  private static final String ASIDE = "deleted-";

  private final Directory root;
  private final MailRoots roots;
  private final MailboxPaths paths;

  FsTree(MailRoots roots) {
    this.root = roots.mail();
    this.roots = roots;
    this.paths = roots.paths();
  }

  /** Told what a listing finds. */
  interface Finder {
    /** A directory that is a mailbox, or not. */
    void found(String name, boolean isMailbox);

    /**
     * A directory that was left out.
     *
     * @param path below the root, as it is on disk
     */
    void leftOut(String path, Reason reason);
  }

  /** Why a directory was left out. */
  enum Reason {
    NO_NAME,
    LINK,
    TOO_DEEP
  }

  /** Finds all directories that are mailboxes, or may have mailboxes in them. */
  void list(Finder finder) throws PosixException {
    list(root, "", "", 1, finder);
  }

  /**
   * Lists what is in a directory.
   *
   * @param above its path, with a slash at the end
   * @param prefix the name that belongs to that
   */
  private void list(Directory directory, String above, String prefix, int depth, Finder finder)
      throws PosixException {
    for (String file : directory.subdirectories()) {
      if (paths.isReserved(file)) {
        continue;
      }
      Optional<String> level = paths.name(file);
      if (level.isEmpty()) {
        finder.leftOut(above + file, Reason.NO_NAME);
      } else if (depth > MAX_DEPTH) {
        finder.leftOut(above + file, Reason.TOO_DEEP);
      } else {
        look(directory, above + file, prefix + level.get(), depth, finder);
      }
    }
  }

  private void look(Directory parent, String path, String name, int depth, Finder finder)
      throws PosixException {
    String file = path.substring(path.lastIndexOf('/') + 1);
    Directory opened;
    try {
      opened = parent.directory(file);
    } catch (PosixException e) {
      if (e.isDenied()) {
        finder.found(name, true); // it may be a mailbox: opening it will tell the user why not
      } else if (e.isLink() || e.isMissing()) {
        if (parent.leadsToDirectory(file)) {
          finder.leftOut(path, Reason.LINK);
        }
      } else {
        throw e; // no file can be opened, or the disk is broken: it may be there
      }
      return;
    }
    try (Directory directory = opened) {
      finder.found(name, isMailbox(directory));
      list(directory, path + "/", name + "/", depth + 1, finder);
    }
  }

  private boolean isMailbox(Directory directory) throws PosixException {
    List<String> inside = paths.mail(List.of());
    if (inside.isEmpty()) {
      return roots.isMailbox(directory);
    }
    try (Directory mail = directory.directory(inside.get(0))) {
      return roots.isMailbox(mail);
    } catch (PosixException e) {
      if (e.isMissing() || e.isLink()) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Removes a mailbox; those below it stay.
   *
   * @param levels of its directory
   * @param mails the mails that may go with it; null for any
   * @param warnings told of what is left of it that cannot be removed; it is no mailbox any more
   */
  void delete(List<String> levels, String shown, MailTable mails, Consumer<String> warnings)
      throws Failure, PosixException {
    List<String> mail = paths.mail(levels);
    try (Directory box = Descent.open(root, mail);
        Directory tmp = MaildirDelivery.subdirectory(box, "tmp")) {
      List<String> aside = setAside(box, tmp);
      boolean others = true;
      try {
        others = mails != null && MailboxTree.hasOthers(tmp, aside, mails);
      } finally {
        if (others) { // or it is not known
          restore(tmp, box, aside);
        }
      }
      if (others) {
        throw new Failure(
            Outcome.DATA_ERROR, "New mails were found, cancelled mailbox delete: " + shown);
      }
      box.sync();
      removeParts(box, shown, warnings);
    }
    Descent.removeEmpty(root, mail, stays(levels));
    root.sync();
  }

  /** How many levels stay though they are empty. */
  private int stays(List<String> levels) {
    return roots.dropsParents() ? 0 : levels.size() - 1;
  }

  /** Renames what has mail aside; returns the names in {@code tmp}. */
  private static List<String> setAside(Directory box, Directory tmp) throws PosixException {
    List<String> aside = new ArrayList<>();
    for (String part : MAIL) {
      String name = ASIDE + part + "-" + NewFileName.next();
      try {
        box.rename(part, tmp, name);
        aside.add(name);
      } catch (PosixException e) {
        if (!e.isMissing()) {
          restore(tmp, box, aside);
          throw e;
        }
      }
    }
    return aside;
  }

  private static void restore(Directory tmp, Directory box, List<String> aside)
      throws PosixException {
    for (String name : aside) {
      tmp.rename(name, box, name.substring(ASIDE.length(), ASIDE.length() + 3));
    }
    box.sync();
  }

  /**
   * Removes the files of a mailbox, and {@code tmp} with what has been set aside in it: that last,
   * as by it a removal that broke off is known.
   */
  private static void removeParts(Directory box, String shown, Consumer<String> warnings)
      throws Failure {
    try {
      for (String file : box.list()) {
        if (!box.status(file).isDirectory() && !box.leadsToDirectory(file)) {
          box.unlink(file);
        }
      }
      MailboxTree.removeTree(box, "tmp", 0);
    } catch (PosixException e) {
      warnings.accept(
          "Mailbox %s is deleted, but not all of its files: %s: %s"
              .formatted(shown, e.file(), MaildirStore.reason(e)));
    }
  }

  /**
   * Removes a directory that is no mailbox, also what is left of one whose removal broke off.
   *
   * @param warnings told of what is left of it that cannot be removed
   * @throws Failure with exit code 65 when it has mailboxes in it
   */
  void deleteParent(List<String> levels, String shown, Consumer<String> warnings)
      throws Failure, PosixException {
    List<String> mail = paths.mail(levels);
    if (isThere(mail)) {
      try (Directory box = Descent.open(root, mail)) {
        if (box.has("tmp") && !roots.isMailbox(box)) {
          removeParts(box, shown, warnings);
        }
      }
    }
    try {
      if (mail.size() > levels.size()) {
        Descent.removeEmpty(root, mail, levels.size());
      }
      Descent.remove(root, levels);
    } catch (PosixException e) {
      if (e.isNotEmpty()) {
        throw new Failure(Outcome.DATA_ERROR, "Mailbox has children, delete them first: " + shown);
      }
      throw e;
    }
    root.sync();
  }

  /** Whether a directory is there, as a mailbox or as a parent of some. */
  boolean isThere(List<String> levels) throws PosixException {
    try {
      Descent.open(root, levels).close();
      return true;
    } catch (PosixException e) {
      if (e.isMissing() && !e.isNotDirectory()) {
        return false;
      }
      throw e;
    }
  }

  /** Renames a directory with all mailboxes in it. Parents that are empty then are removed. */
  void rename(List<String> from, List<String> to, String shown) throws Failure, PosixException {
    FileStatus model = root.status();
    try {
      Descent.rename(root, from, to, model);
    } catch (PosixException e) {
      if (e.isExisting()) {
        throw new Failure(Outcome.DATA_ERROR, "Target mailbox already exists: " + shown);
      }
      throw e;
    }
    if (from.size() > 1) {
      Descent.removeEmpty(root, from.subList(0, from.size() - 1));
    }
    root.sync();
  }
}
