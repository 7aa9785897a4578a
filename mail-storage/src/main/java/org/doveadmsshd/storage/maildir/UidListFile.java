package org.doveadmsshd.storage.maildir;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.posix.Directory;
import org.doveadmsshd.storage.posix.OpenFile;
import org.doveadmsshd.storage.posix.PosixException;
import org.doveadmsshd.storage.posix.RandomBytes;

/**
 * The UID list of one mailbox on disk. Whoever writes it holds the {@link UidListLock}.
 *
 * @param directory of the mailbox
 * @param mailbox its name, for messages
 */
record UidListFile(Directory directory, String mailbox) {
  private static final int GUID_BYTES = 16;

  /** The list, or null when there is none. */
  UidList read() throws Failure, PosixException {
    try (OpenFile file = directory.read(UidList.FILE)) {
      return UidList.parse(file.readAll(UidList.MAX_SIZE));
    } catch (UidList.DamagedException e) {
      throw Failure.temporary(
          "Mailbox %s: dovecot-uidlist is damaged (%s); nothing was changed. "
                  .formatted(mailbox, e.getMessage())
              + "It is rebuilt, with new UIDs, by: doveadm force-resync",
          e);
    } catch (PosixException e) {
      if (e.isMissing()) {
        return null;
      }
      throw e;
    }
  }

  /**
   * Gives mails UIDs: writes their lines, and a list where there is none or it lacks something.
   *
   * @param root hands out the UIDVALIDITY of a new list
   * @return the list as it is now
   */
  UidList add(UidList old, List<UidList.NewEntry> entries, Directory root)
      throws Failure, PosixException {
    boolean appendable = old != null && old.guid() != null && old.isComplete();
    if (appendable && entries.isEmpty()) {
      return old;
    }
    UidList list = old == null ? UidList.create(UidValidity.next(root), newGuid()) : old;
    String lines = list.linesFor(entries);
    if (appendable) {
      append(lines);
    } else {
      replace(list.rewritten(newGuid()) + lines);
    }
    return read();
  }

  /** As {@link #add}, for mails about which nothing but their base is to be noted. */
  UidList addBases(UidList old, List<String> bases, Directory root) throws Failure, PosixException {
    List<UidList.NewEntry> entries = new ArrayList<>();
    bases.forEach(base -> entries.add(new UidList.NewEntry(0, "", base)));
    return add(old, entries, root);
  }

  /**
   * The list; where it is damaged, a new one with another UIDVALIDITY, so that clients notice.
   *
   * @param present the mails there are; they get UIDs in their order
   */
  UidList readOrRebuild(Set<String> present, Directory root, Consumer<String> warnings)
      throws Failure, PosixException {
    try (OpenFile file = directory.read(UidList.FILE)) {
      return UidList.parse(file.readAll(UidList.MAX_SIZE));
    } catch (UidList.DamagedException e) {
      warnings.accept(
          "Mailbox %s: dovecot-uidlist was damaged (%s); it is rebuilt, and its %d mails get new UIDs"
              .formatted(mailbox, e.getMessage(), present.size()));
      UidList list = UidList.create(UidValidity.next(root), newGuid());
      replace(list.rewritten(newGuid()));
      return list;
    } catch (PosixException e) {
      if (e.isMissing()) {
        return null;
      }
      throw e;
    }
  }

  static String newGuid() throws PosixException {
    return HexFormat.of().formatHex(RandomBytes.of(GUID_BYTES));
  }

  /** Appends whole lines; a failure takes back what was written of them. */
  private void append(String lines) throws PosixException {
    try (OpenFile file = directory.append(UidList.FILE)) {
      long size = file.status().size();
      try {
        file.write(lines.getBytes(StandardCharsets.ISO_8859_1));
        file.sync();
      } catch (PosixException e) {
        file.truncate(size);
        throw e;
      }
    }
  }

  /** Writes a list aside, makes it durable, and puts it in the place of the old one. */
  void replace(String content) throws PosixException {
    String aside = UidList.FILE + ".tmp";
    try {
      directory.unlink(aside); // left behind by somebody who was killed under the lock
    } catch (PosixException e) {
      if (!e.isMissing()) {
        throw e;
      }
    }
    try (OpenFile file = directory.create(aside, 0600)) {
      file.adopt(directory.status());
      file.write(content.getBytes(StandardCharsets.ISO_8859_1));
      file.sync();
    }
    directory.rename(aside, UidList.FILE);
    directory.sync();
  }
}
