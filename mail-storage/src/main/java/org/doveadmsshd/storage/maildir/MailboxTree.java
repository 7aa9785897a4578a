package org.doveadmsshd.storage.maildir;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.FileStatus;
import org.doveadmsshd.posix.OpenFile;
import org.doveadmsshd.posix.PosixException;

/**
 * Makes, removes and renames the directories of mailboxes. Names are those of directories, {@code
 * .A.B}.
 *
 * <p>A mailbox is there when it has a UID list, {@code new} or {@code cur}, so these are made last;
 * it is removed by renaming it aside in one step.
 */
final class MailboxTree {
  /** Where Dovecot, too, puts mailboxes while they are removed. */
  static final String TRASHED = "..DOVECOT-TRASHED";

  private static final List<String> PARTS = List.of("tmp", "new", "cur");
  private static final int MAX_DEPTH = 20;

  private final Directory root;

  MailboxTree(Directory root) {
    this.root = root;
  }

  /**
   * Makes a mailbox; one that a killed process has begun is completed. What cannot be completed is
   * taken back.
   */
  void create(String file, Optional<String> guid) throws Failure, PosixException {
    FileStatus model = root.status();
    boolean isNew = makeDirectory(root, file, model);
    boolean complete = false;
    try {
      complete(file, guid, model);
      complete = true;
    } finally {
      if (!complete && isNew) {
        takeBack(file);
      }
    }
  }

  /** Removes what stands of a mailbox, unless somebody has put something into it. */
  private void takeBack(String file) {
    try (Directory mailbox = root.directory(file)) {
      for (String part : List.of("cur", "new", "tmp")) {
        removeIfThere(mailbox, part);
      }
      for (String part : List.of("maildirfolder", UidList.FILE)) {
        if (mailbox.has(part)) {
          mailbox.unlink(part);
        }
      }
      root.removeDirectory(file);
    } catch (PosixException e) {
      // the next attempt to make it completes it
    }
  }

  private static void removeIfThere(Directory mailbox, String part) throws PosixException {
    if (mailbox.has(part)) {
      mailbox.removeDirectory(part);
    }
  }

  private void complete(String file, Optional<String> guid, FileStatus model)
      throws Failure, PosixException {
    try (Directory mailbox = root.directory(file)) {
      if (!mailbox.has("maildirfolder")) {
        try (OpenFile marker = mailbox.create("maildirfolder", 0600)) {
          marker.adopt(model);
        }
      }
      if (guid.isPresent()) {
        UidList list = UidList.create(UidValidity.next(root), guid.get());
        new UidListFile(mailbox, file).replaceHead(list);
      }
      for (String part : PARTS) {
        makeDirectory(mailbox, part, model);
      }
      mailbox.sync();
    }
    root.sync();
  }

  /** Says whether it was not there before. */
  private static boolean makeDirectory(Directory parent, String name, FileStatus model)
      throws PosixException {
    boolean isNew = false;
    try {
      parent.makeDirectory(name, 0700);
      isNew = true;
    } catch (PosixException e) {
      if (!e.isExisting()) {
        throw e;
      }
    }
    try (Directory made = parent.directory(name)) {
      FileStatus own = made.status();
      if ((own.mode() & 0777) != (model.mode() & 0777 | 0700) || own.gid() != model.gid()) {
        made.adopt(model);
      }
    }
    return isNew;
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
    boolean[] found = new boolean[1];
    try (Directory mailbox = root.directory(aside)) {
      for (String part : List.of("cur", "new")) {
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
    }
    return found[0];
  }

  /** Removes a directory and all in it, following no link. */
  private static void removeTree(Directory parent, String name, int depth)
      throws Failure, PosixException {
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

  /** Renames directories in the order of the map; none of the new names may be taken. */
  void rename(Map<String, String> renames) throws Failure, PosixException {
    for (Map.Entry<String, String> rename : renames.entrySet()) {
      if (root.has(rename.getValue())) {
        String name = ModifiedUtf7.decode(rename.getValue().substring(1)).orElse("?");
        throw new Failure(Outcome.DATA_ERROR, "Target mailbox already exists: " + name);
      }
    }
    for (Map.Entry<String, String> rename : renames.entrySet()) {
      root.rename(rename.getKey(), root, rename.getValue());
    }
    root.sync();
  }
}
