package org.doveadmsshd.storage.maildir;

import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.FileStatus;
import org.doveadmsshd.posix.OpenFile;
import org.doveadmsshd.posix.PosixException;

/**
 * Makes the directories of a mailbox. It is there when it has {@code new} or {@code cur}, so these
 * are made last; one that a killed process has begun is completed. What cannot be completed is
 * taken back.
 *
 * <p>Permissions and group are those of the nearest mailbox above it, else of the root, as in
 * Dovecot: those who share a folder share what is made in it.
 */
final class NewMailbox {
  private static final List<String> PARTS = List.of("tmp", "new", "cur");
  private static final String MARKER = "maildirfolder";
  private static final String SHARED = "dovecot-shared";

  private final MailRoots roots;
  private final String name;
  private final List<String> levels;

  /** How many of the levels were there before. */
  private int before;

  /**
   * @param levels of the mailbox's directory
   */
  NewMailbox(MailRoots roots, String name, List<String> levels) {
    this.roots = roots;
    this.name = name;
    this.levels = roots.paths().mail(levels);
  }

  /**
   * Makes it.
   *
   * @param guid its identity; a new one when empty
   */
  void make(Optional<String> guid) throws Failure, PosixException {
    Directory root = roots.made();
    FileStatus model = model(root);
    before = there(root);
    boolean complete = false;
    try (Directory mailbox = Descent.make(root, levels, model)) {
      complete(mailbox, guid, model);
      complete = true;
    } finally {
      if (!complete) {
        takeBack(root);
      }
    }
    root.sync();
  }

  private FileStatus model(Directory root) throws PosixException {
    for (String parent : roots.paths().parents(name)) {
      Optional<List<String>> above = roots.paths().find(parent);
      if (above.isPresent()) {
        try (Directory directory = Descent.open(root, above.get())) {
          return directory.status();
        } catch (PosixException e) {
          if (!e.isMissing() && !e.isLink()) {
            throw e;
          }
        }
      }
    }
    return root.status();
  }

  private int there(Directory root) throws PosixException {
    for (int count = levels.size(); count > 0; count--) {
      try {
        Descent.open(root, levels.subList(0, count)).close();
        return count;
      } catch (PosixException e) {
        if (!e.isMissing()) {
          throw e;
        }
      }
    }
    return 0;
  }

  private void complete(Directory mailbox, Optional<String> guid, FileStatus model)
      throws Failure, PosixException {
    if (!roots.paths().isFs()) {
      makeFile(mailbox, MARKER, model);
    }
    if (roots.mail().has(SHARED)) {
      makeFile(mailbox, SHARED, model);
    }
    if (guid.isPresent()) {
      identify(mailbox, guid.get());
    }
    for (String part : PARTS) {
      makePart(mailbox, part, model);
    }
    mailbox.sync();
  }

  private static void makeFile(Directory mailbox, String file, FileStatus model)
      throws PosixException {
    if (!mailbox.has(file)) {
      try (OpenFile marker = mailbox.create(file, 0600)) {
        marker.adopt(model);
      }
    }
  }

  private void identify(Directory mailbox, String guid) throws Failure, PosixException {
    Optional<Directory> apart = roots.controlOf(mailbox, levels(name));
    try (Directory control = apart.orElse(null)) {
      UidList list = UidList.create(UidValidity.next(roots.madeControl()), guid);
      new UidListFile(apart.orElse(mailbox), name).replaceHead(list);
    }
  }

  private List<String> levels(String of) throws Failure {
    return roots.paths().directory(of);
  }

  private static void makePart(Directory mailbox, String part, FileStatus model)
      throws PosixException {
    try (Directory made = Descent.make(mailbox, List.of(part), model)) {
      FileStatus own = made.status();
      if ((own.mode() & 0777) != (model.mode() & 0777 | 0700) || own.gid() != model.gid()) {
        made.adopt(model);
      }
    }
  }

  /** Removes what stands of a mailbox, unless somebody has put something into it. */
  private void takeBack(Directory root) {
    if (before == levels.size()) {
      return;
    }
    try {
      try (Directory mailbox = Descent.open(root, levels)) {
        for (String part : List.of("cur", "new", "tmp")) {
          if (mailbox.has(part)) {
            mailbox.removeDirectory(part);
          }
        }
        for (String file : List.of(MARKER, SHARED, UidList.FILE)) {
          if (mailbox.has(file)) {
            mailbox.unlink(file);
          }
        }
      } catch (PosixException e) {
        if (!e.isMissing()) {
          throw e;
        }
      }
      Descent.removeEmpty(root, levels, before);
    } catch (PosixException e) {
      // the next attempt to make it completes it
    }
  }
}
