package org.doveadmsshd.storage.maildir;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.FileName;
import org.doveadmsshd.posix.PosixException;
import org.doveadmsshd.storage.MailStore;

/** Finds the mailboxes of a location, but for INBOX. */
final class MailboxListing implements FsTree.Finder {
  private final MailRoots roots;
  private final MailboxPaths paths;
  private final BiConsumer<String, String> warnings;

  /** What was found, and whether it is a mailbox. */
  private final Map<String, Boolean> names = new LinkedHashMap<>();

  /**
   * @param warnings told of a file that was left out, and why
   */
  MailboxListing(MailRoots roots, BiConsumer<String, String> warnings) {
    this.roots = roots;
    this.paths = roots.paths();
    this.warnings = warnings;
  }

  /** The mailboxes, and the parents of mailboxes that are none: false for these. */
  Map<String, Boolean> list() throws PosixException {
    if (paths.isFs()) {
      new FsTree(roots).list(this);
    } else {
      for (String file : roots.mail().list()) {
        look(file);
      }
      for (String name : names.keySet().toArray(String[]::new)) {
        paths.parents(name).forEach(parent -> names.putIfAbsent(parent, false));
      }
    }
    names.remove(MailStore.INBOX);
    return names;
  }

  /** Looks at an entry of a Maildir++ tree. */
  private void look(String file) throws PosixException {
    boolean isHidden = file.startsWith(MailboxTree.TRASHED);
    if (file.length() < 2 || file.charAt(0) != '.' || isHidden) {
      return;
    }
    Optional<String> name = paths.name(file.substring(1));
    if (name.isEmpty()) {
      leftOut(file, FsTree.Reason.NO_NAME);
    } else if (isMailbox(file)) {
      names.put(name.get(), true);
    }
  }

  private boolean isMailbox(String file) throws PosixException {
    try (Directory mailbox = roots.mail().directory(file)) {
      return roots.isMailbox(mailbox);
    } catch (PosixException e) {
      if (!e.isMissing() && !e.isLink() && !e.isDenied()) {
        throw e; // no file can be opened, or the disk is broken: it may be there
      }
      if (roots.mail().leadsToDirectory(file)) {
        leftOut(file.substring(1), FsTree.Reason.LINK);
      }
      return e.isDenied(); // it may be there: opening it will tell the user why not
    }
  }

  @Override
  public void found(String name, boolean isMailbox) {
    names.put(name, isMailbox);
  }

  @Override
  public void leftOut(String path, FsTree.Reason reason) {
    String file = path.substring(path.lastIndexOf('/') + 1);
    String shown = FileName.display(file);
    warnings.accept(
        file,
        switch (reason) {
          case NO_NAME -> "Ignored a directory whose name is no mailbox: " + shown;
          case LINK ->
              "Left out a mailbox that is a symbolic link, as none is followed there: " + shown;
          case TOO_DEEP -> "Left out mailboxes that lie too deep in the tree: " + shown;
        });
  }
}
