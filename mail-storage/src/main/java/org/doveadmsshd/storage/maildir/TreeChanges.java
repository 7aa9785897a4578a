package org.doveadmsshd.storage.maildir;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.posix.FileStatus;
import org.doveadmsshd.posix.PosixException;

/**
 * Removes and renames mailboxes with all that belongs to them, as the location's layout asks for.
 *
 * @param shown makes the name that people see of one that the tree has
 * @param warnings told of what is left of something removed
 */
record TreeChanges(MailRoots roots, UnaryOperator<String> shown, Consumer<String> warnings) {
  private MailboxPaths paths() {
    return roots.paths();
  }

  /**
   * Removes a mailbox.
   *
   * @param mails the mails that may go with it; null for any
   */
  void delete(String name, MailTable mails) throws Failure, PosixException {
    List<String> directory = paths().directory(name);
    if (paths().isFs()) {
      new FsTree(roots).delete(directory, shown.apply(name), mails, warnings);
    } else {
      new MailboxTree(roots.mail()).delete(directory.get(0), shown.apply(name), mails, warnings);
    }
    removeApart(name);
  }

  private void removeApart(String name) throws Failure, PosixException {
    for (ApartFiles each : roots.apart()) {
      try (each) {
        each.remove(paths().apart(paths().directory(name)));
      } catch (PosixException e) {
        warnings.accept(
            "Mailbox %s is deleted, but not all of its control files and indexes: %s: %s"
                .formatted(shown.apply(name), e.file(), MaildirStore.reason(e)));
      }
    }
  }

  /**
   * Removes a directory of the tree that is no mailbox.
   *
   * @throws Failure with exit code 68 when there is none, 65 when mailboxes are in it
   */
  void deleteParent(String name) throws Failure, PosixException {
    if (!isParent(name)) {
      throw MaildirStore.missing(shown.apply(name));
    }
    new FsTree(roots).deleteParent(paths().directory(name), shown.apply(name), warnings);
    removeApart(name);
  }

  private boolean isParent(String name) throws Failure, PosixException {
    return paths().isFs()
        && roots.mail() != null
        && paths().find(name).isPresent()
        && new FsTree(roots).isThere(paths().directory(name));
  }

  /**
   * Renames a mailbox, or a parent of mailboxes, with those below it.
   *
   * @param renames old and new names of all mailboxes that this is about, the mailbox itself last
   * @throws Failure with exit code 68 when there is none, 65 when a new name is taken
   */
  void rename(String from, String to, Map<String, String> renames) throws Failure, PosixException {
    if (renames.isEmpty() && !isParent(from)) {
      throw MaildirStore.missing(shown.apply(from));
    }
    if (paths().isFs()) {
      renameDirectory(from, to);
    } else {
      renameEach(renames);
    }
  }

  private void renameDirectory(String from, String to) throws Failure, PosixException {
    if (paths().isBelow(to, from)) {
      throw new Failure(
          Outcome.DATA_ERROR,
          "Mailbox %s can't be renamed to %s, which is below it"
              .formatted(shown.apply(from), shown.apply(to)));
    }
    List<String> source = paths().directory(from);
    List<String> target = paths().directory(to);
    FsTree tree = new FsTree(roots);
    if (tree.isThere(target)) {
      throw new Failure(Outcome.DATA_ERROR, "Target mailbox already exists: " + shown.apply(to));
    }
    renameApart(source, target);
    tree.rename(source, target, shown.apply(to));
  }

  private void renameEach(Map<String, String> renames) throws Failure, PosixException {
    Map<String, String> files = new LinkedHashMap<>();
    for (Map.Entry<String, String> each : renames.entrySet()) {
      String target = paths().directory(each.getValue()).get(0);
      files.put(paths().directory(each.getKey()).get(0), target);
      if (roots.mail().has(target)) {
        throw new Failure(
            Outcome.DATA_ERROR, "Target mailbox already exists: " + shown.apply(each.getValue()));
      }
    }
    MailboxTree tree = new MailboxTree(roots.mail());
    for (Map.Entry<String, String> each : files.entrySet()) {
      renameApart(List.of(each.getKey()), List.of(each.getValue()));
      tree.rename(each.getKey(), each.getValue());
    }
    roots.mail().sync();
  }

  /**
   * Renames what lies apart, before the mail: what a crash leaves undone is done by the same call
   * once more, as mail that is where it was has its control files at the new name already.
   */
  private void renameApart(List<String> from, List<String> to) throws PosixException {
    FileStatus model = roots.mail().status();
    for (ApartFiles each : roots.apart()) {
      try (each) {
        each.rename(from, to, model);
      }
    }
  }
}
