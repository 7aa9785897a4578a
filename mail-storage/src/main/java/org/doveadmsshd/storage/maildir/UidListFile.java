package org.doveadmsshd.storage.maildir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.FileStatus;
import org.doveadmsshd.posix.OpenFile;
import org.doveadmsshd.posix.PosixException;
import org.doveadmsshd.posix.RandomBytes;

/**
 * The UID list of one mailbox on disk. It is written under the {@link UidListLock}, but for {@link
 * #strike}.
 *
 * @param directory of the mailbox
 * @param mailbox its name, for messages
 */
record UidListFile(Directory directory, String mailbox) {
  private static final int GUID_BYTES = 16;
  private static final MailTable[] NONE = {};

  /** Says which mails of a list stay in it. */
  @FunctionalInterface
  private interface Keeping {
    boolean keeps(UidListReader line);
  }

  /** The mails that are added to a list. */
  @FunctionalInterface
  interface Additions {
    void write(UidListWriter list) throws Failure, PosixException, Room.NoneException;
  }

  /**
   * The list, or null when there is none.
   *
   * @param tables mails that are told their UIDs and what is noted beside them
   */
  UidList read(MailTable... tables) throws Failure, PosixException, Room.NoneException {
    try {
      return readIfWhole(tables);
    } catch (UidList.DamagedException e) {
      throw damaged(e);
    }
  }

  private Failure damaged(UidList.DamagedException e) {
    return Failure.temporary(
        "Mailbox %s: dovecot-uidlist is damaged (%s); nothing was changed. "
                .formatted(mailbox, e.getMessage())
            + "Mails keep the UIDs that it still tells by: doveadm force-resync",
        e);
  }

  /** As {@link #read}, without the mails; it takes no memory for them. */
  UidList readHead() throws Failure, PosixException {
    try {
      return read(NONE);
    } catch (Room.NoneException e) {
      throw new IllegalStateException(e); // there is nothing to be noted
    }
  }

  private UidList readIfWhole(MailTable... tables)
      throws UidList.DamagedException, PosixException, Room.NoneException {
    try (OpenFile file = directory.read(UidList.FILE)) {
      UidListReader reader = new UidListReader(file);
      long strangers = 0;
      while (reader.nextMail()) {
        boolean known = false;
        for (MailTable table : tables) {
          int mail = table.find(reader.line(), reader.baseAt(), reader.baseLength());
          if (mail >= 0) {
            known = true;
            number(table, mail, reader);
          }
        }
        strangers += known ? 0 : 1;
      }
      return reader.list(strangers);
    } catch (PosixException e) {
      if (e.isMissing()) {
        return null;
      }
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a file throws nothing but the other one
    }
  }

  private static void number(MailTable table, int mail, UidListReader line)
      throws Room.NoneException {
    table.number(mail, line.uid(), line.line(), line.fieldsAt(), line.fieldsLength());
  }

  /**
   * Gives mails UIDs: writes their lines, and a list where there is none or it lacks something.
   *
   * @param old the list as it is; null for none
   * @param any whether there is anything to be added
   * @param root hands out the UIDVALIDITY of a new list
   * @return the list as it is now
   */
  UidList add(UidList old, boolean any, Additions additions, Directory root)
      throws Failure, PosixException, Room.NoneException {
    if (old != null && old.guid() != null && old.complete()) {
      return any ? append(old, additions) : old;
    }
    UidList list = old == null ? UidList.create(UidValidity.next(root), newGuid()) : old;
    return replace(list.guid() == null ? list.identified(newGuid()) : list, all -> true, additions);
  }

  /** As {@link #add(UidList, boolean, Additions, Directory)}, for mails of some entries. */
  UidList add(UidList old, List<NewEntry> entries, Directory root)
      throws Failure, PosixException, Room.NoneException {
    Additions additions =
        list -> {
          for (NewEntry entry : entries) {
            byte[] base = entry.base().getBytes(StandardCharsets.ISO_8859_1);
            list.add(entry.uid(), entry.fields(), base, 0, base.length);
          }
        };
    return add(old, !entries.isEmpty(), additions, root);
  }

  /** Writes a list where there is none or it lacks something. */
  UidList addNone(UidList old, Directory root) throws Failure, PosixException {
    try {
      return add(old, List.of(), root);
    } catch (Room.NoneException e) {
      throw new IllegalStateException(e); // there is nothing to be noted
    }
  }

  /**
   * A line to be added.
   *
   * @param uid 0 for the next one; one below that becomes the next one
   * @param fields what is to be noted beside it; empty for nothing
   */
  record NewEntry(long uid, String fields, String base) {}

  /** Gives all mails of a table UIDs that have none, and notes nothing but their bases. */
  UidList addMissing(UidList old, MailTable table, Directory root)
      throws Failure, PosixException, Room.NoneException {
    int[] missing = table.unnumbered();
    Additions additions =
        list -> {
          for (int mail : missing) {
            byte[] array = table.array(mail);
            int from = table.nameAt(mail);
            long uid = list.add(0, "", array, from, table.baseLength(mail));
            table.number(mail, uid, array, from, 0);
          }
        };
    return add(old, missing.length > 0, additions, root);
  }

  /**
   * The list. Where it is damaged, what is left of it; where that does not say enough, or there are
   * too few UIDs left, a new one with another UIDVALIDITY, so that clients notice.
   *
   * @param present the mails there are; they are told their UIDs, and get others in their order
   */
  UidList readOrRebuild(MailTable present, Directory root, Room room, Consumer<String> warnings)
      throws Failure, PosixException, Room.NoneException {
    String trouble;
    Optional<UidList> head = Optional.empty();
    try {
      UidList list = readIfWhole(present);
      if (list == null || list.hasRoomFor(present.countUnnumbered())) {
        return list;
      }
      trouble = "dovecot-uidlist has used its last UID";
    } catch (UidList.DamagedException e) {
      trouble = "dovecot-uidlist was damaged (" + e.getMessage() + ")";
      head = UidListMend.look(directory, present, room);
    }
    warnings.accept("Mailbox " + mailbox + ": " + trouble + "; " + fate(head, present));
    if (head.isPresent()) {
      UidList kept = head.get().guid() == null ? head.get().identified(newGuid()) : head.get();
      return replace(kept, null, list -> copyNumbered(present, list));
    }
    present.unnumber();
    UidList list = UidList.create(UidValidity.next(root), newGuid());
    return replace(list, null, none -> {});
  }

  private static String fate(Optional<UidList> head, MailTable present) {
    int missing = present.countUnnumbered();
    return head.isPresent()
        ? "it is mended: %d of its %d mails keep their UIDs, the others get new ones"
            .formatted(present.size() - missing, present.size())
        : "it is rebuilt, and its %d mails get new UIDs".formatted(present.size());
  }

  /** Adds the mails of a table with the UIDs that they have. */
  private static void copyNumbered(MailTable present, UidListWriter list)
      throws Failure, PosixException, Room.NoneException {
    for (int mail : present.byUid()) {
      if (present.uid(mail) != 0) {
        byte[] base = present.array(mail);
        list.copy(
            present.uid(mail),
            present.notes(mail),
            base,
            present.nameAt(mail),
            present.baseLength(mail));
      }
    }
  }

  static String newGuid() throws PosixException {
    return HexFormat.of().formatHex(RandomBytes.of(GUID_BYTES));
  }

  /**
   * Appends whole lines; a failure takes back what was written of them. A list that may be read
   * alone, as root leaves it, is replaced as Dovecot does.
   */
  private UidList append(UidList old, Additions additions)
      throws Failure, PosixException, Room.NoneException {
    OpenFile opened;
    try {
      opened = directory.append(UidList.FILE);
    } catch (PosixException e) {
      if (e.isDenied()) {
        return replace(old, all -> true, additions);
      }
      throw e;
    }
    try (OpenFile file = opened;
        UidListWriter writer = new UidListWriter(file, mailbox, old.next())) {
      long size = file.status().size();
      try {
        additions.write(writer);
        writer.sync();
      } catch (PosixException | Room.NoneException | Failure e) {
        file.truncate(size);
        throw e;
      }
      return old.written(writer.next());
    }
  }

  /** Writes the list with all its mails and another head. */
  UidList replaceHead(UidList head) throws Failure, PosixException {
    try {
      return replace(head, all -> true, none -> {});
    } catch (Room.NoneException e) {
      throw new IllegalStateException(e); // there is nothing to be noted
    }
  }

  /** Takes mails out of the list that are not in a table, which has its UIDs. */
  UidList retain(UidList old, MailTable present) throws Failure, PosixException {
    Keeping keeping =
        line -> {
          int mail = present.find(line.line(), line.baseAt(), line.baseLength());
          return mail >= 0 && present.uid(mail) == line.uid();
        };
    try {
      return replace(old, keeping, none -> {});
    } catch (Room.NoneException e) {
      throw new IllegalStateException(e); // there is nothing to be noted
    }
  }

  /**
   * Strikes out lines: their UIDs stay, and the names of their mails become such as no mail has.
   * They are overwritten in place, which takes no time. The next program that writes the list anew
   * leaves them out, as all mails that are gone.
   *
   * <p>That needs no lock. A line stays where it is in its file: other programs append, or put
   * another file in its place, which then is not this one. A program that reads meanwhile finds the
   * name of a mail that is gone, or of none: the first byte of the mark is enough for that. A list
   * with a further name is left alone, as that name is a copy of it. The list keeps its
   * modification time, by which other programs see that the holder of a lock still writes.
   */
  void strike(Predicate<UidListReader> lines) throws PosixException, UidList.DamagedException {
    try (OpenFile file = directory.overwrite(UidList.FILE)) {
      FileStatus before = file.status();
      if (before.links() != 1) {
        return;
      }
      boolean changed = false;
      UidListReader reader = new UidListReader(file);
      while (reader.nextMail()) {
        if (lines.test(reader)) {
          file.overwrite(reader.basePosition(), mark(reader.uid(), reader.baseLength()));
          changed = true;
        }
      }
      if (changed && file.status().size() == before.size()) {
        file.modified(before.modifiedNanos());
      }
    } catch (PosixException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a file throws nothing but the other one
    }
  }

  /**
   * What a name is overwritten with: a dot, and the UID, as no name may stand in a list twice. A
   * name too short for that is overwritten as a whole by a shorter form of it.
   *
   * @return nothing where there is no room for that either
   */
  private static byte[] mark(long uid, int length) {
    String mark = "." + uid + ".";
    if (mark.length() > length) {
      String digits = Long.toString(uid, Character.MAX_RADIX);
      int missing = length - 1 - digits.length();
      mark = missing < 0 ? "" : "." + "0".repeat(missing) + digits;
    }
    return mark.getBytes(StandardCharsets.ISO_8859_1);
  }

  /**
   * Writes a list aside, makes it durable, and puts it in the place of the old one.
   *
   * @param keeping which mails of the old one stay; null when that cannot be read
   */
  private UidList replace(UidList head, Keeping keeping, Additions additions)
      throws Failure, PosixException, Room.NoneException {
    String aside = UidList.FILE + ".tmp";
    try {
      directory.unlink(aside); // left by a process that was killed under the lock
    } catch (PosixException e) {
      if (!e.isMissing()) {
        throw e;
      }
    }
    UidList written;
    try (AsideFile file = new AsideFile(directory, aside);
        UidListWriter writer = new UidListWriter(file.file(), mailbox, head.next())) {
      byte[] header = head.header();
      writer.write(header, 0, header.length);
      if (keeping != null) {
        copy(keeping, writer);
      }
      additions.write(writer);
      writer.sync();
      written = head.written(writer.next());
      file.put(UidList.FILE);
    }
    directory.sync();
    return written;
  }

  /** Copies lines of the list that is there, if there is one. */
  private void copy(Keeping keeping, UidListWriter writer) throws Failure, PosixException {
    try (OpenFile file = directory.read(UidList.FILE)) {
      UidListReader reader = new UidListReader(file);
      while (reader.nextMail()) {
        if (keeping.keeps(reader)) {
          writer.copy(reader);
        }
      }
    } catch (UidList.DamagedException e) {
      throw damaged(e);
    } catch (PosixException e) {
      if (!e.isMissing()) {
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a file throws nothing but the other one
    }
  }
}
