package org.doveadmsshd.storage.maildir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Optional;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.OpenFile;
import org.doveadmsshd.posix.PosixException;

/**
 * Reads the good lines of a damaged UID list. A mail keeps its UID if there is no doubt that it is
 * its own. In doubt a mail gets a new UID rather than another mail's.
 *
 * <p>Lines stand in the order of their UIDs. Where two do not, one of them is wrong, and it cannot
 * be known which: neither counts. The same holds for two lines of one mail. A UID that may have
 * stood in the list, even in a line that cannot be read, is not given again. So UIDVALIDITY can
 * stay.
 *
 * <p>Used under the lock of the list.
 */
final class UidListMend {
  /** Says of a mail that several lines claim to be its. */
  private static final long DOUBTFUL = UidList.MAX_UID;

  private static final int FIRST = 256;

  private final Directory directory;
  private final Room room;

  /** UIDs of the lines that count, ascending when taken as {@link #key} gives them. */
  private int[] good = new int[FIRST];

  private int count;

  private UidListMend(Directory directory, Room room) {
    this.directory = directory;
    this.room = room;
  }

  /** Takes a line of the list. */
  @FunctionalInterface
  private interface Lines {
    void take(UidListReader line) throws PosixException, Room.NoneException;
  }

  /**
   * Finds the lines that count.
   *
   * @param present the mails there are; they are told their UIDs
   * @return the head of the new list; nothing when the old one does not say what every UID depends
   *     on, or there are too few UIDs left
   */
  static Optional<UidList> look(Directory directory, MailTable present, Room room)
      throws PosixException, Room.NoneException {
    present.unnumber();
    try {
      return new UidListMend(directory, room).head(present);
    } catch (UidList.DamagedException e) {
      return Optional.empty();
    }
  }

  private Optional<UidList> head(MailTable present)
      throws PosixException, UidList.DamagedException, Room.NoneException {
    long[] largest = {0};
    UidListReader reader =
        each(
            line -> {
              while (count > 0 && good[count - 1] >= key(line.uid())) {
                count--;
              }
              if (line.uid() > largest[0]) {
                largest[0] = line.uid();
                add(line.uid());
              }
            });
    each(line -> number(line, present));
    present.unnumber(DOUBTFUL);
    UidList old = reader.list(0);
    long next = Math.max(old.next(), largest[0] + 1) + reader.unreadable();
    UidList head = new UidList(old.validity(), next, old.guid(), true, 0);
    return head.hasRoomFor(present.countUnnumbered()) ? Optional.of(head) : Optional.empty();
  }

  private void number(UidListReader line, MailTable present) throws Room.NoneException {
    int mail = present.find(line.line(), line.baseAt(), line.baseLength());
    if (mail < 0 || Arrays.binarySearch(good, 0, count, key(line.uid())) < 0) {
      return;
    }
    boolean first = present.uid(mail) == 0;
    int length = first ? line.fieldsLength() : 0;
    present.number(mail, first ? line.uid() : DOUBTFUL, line.line(), line.fieldsAt(), length);
  }

  private UidListReader each(Lines lines)
      throws PosixException, UidList.DamagedException, Room.NoneException {
    try (OpenFile file = directory.read(UidList.FILE)) {
      UidListReader reader = UidListReader.mending(file);
      while (reader.nextMail()) {
        lines.take(reader);
      }
      return reader;
    } catch (PosixException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a file throws nothing but the other one
    }
  }

  private void add(long uid) throws Room.NoneException {
    if (count == good.length) {
      room.grow((long) Integer.BYTES * good.length);
      good = Arrays.copyOf(good, 2 * good.length);
    }
    good[count++] = key(uid);
  }

  /** UIDs use all of 32 bits. */
  private static int key(long uid) {
    return (int) uid ^ Integer.MIN_VALUE;
  }
}
