package org.doveadmsshd.storage.maildir;

import java.io.Closeable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.PosixException;

/** The files in {@code cur} and {@code new} of one mailbox, which are opened when needed. */
final class MaildirListing implements Closeable {
  private static final int SCANS = 5;

  /** Memory of a base among the twins, in bytes. */
  private static final int TWIN = 256;

  private final Directory mailbox;
  private Directory cur;
  private Directory fresh;
  private boolean disturbed;

  /** Bases that several files had at the last scan. */
  private final Set<String> twins = new LinkedHashSet<>();

  /** Which directory a mail lies in, and under which name. */
  record Place(boolean isNew, String file) {}

  MaildirListing(Directory mailbox) {
    this.mailbox = mailbox;
  }

  /** All mails. Repeated when the directories change meanwhile. */
  MailTable scan(Room room) throws PosixException, Room.NoneException {
    open();
    return scan(room, stamp());
  }

  /**
   * As above, and repeated when they have changed since a moment before.
   *
   * @param since what they were like then
   */
  MailTable scan(Room room, MailboxStamp since) throws PosixException, Room.NoneException {
    open();
    long used = room.used();
    MailboxStamp before = since;
    for (int i = 1; ; i++) {
      room.back(used);
      MailTable mails = new MailTable(room);
      twins.clear();
      // new first: a mail that moves to cur between the two is then seen at least once
      add(fresh, true, mails, room);
      add(cur, false, mails, room);
      MailboxStamp after = stamp();
      disturbed = !after.hasSameFiles(before);
      before = after;
      if (!disturbed || i == SCANS) {
        return mails;
      }
    }
  }

  /**
   * Whether the directories changed during the last scan, so that mails may have been missed. A
   * file that is renamed meanwhile may be seen under both names, under one, or not at all.
   */
  boolean wasDisturbed() {
    return disturbed;
  }

  /** The bases that several files had at the last scan: only one of them is in the table. */
  Set<String> twins() {
    return twins;
  }

  /** All files of some bases, by base in the order of these. */
  Map<String, List<Place>> all(Collection<String> bases) throws PosixException {
    open();
    Map<String, List<Place>> found = new LinkedHashMap<>();
    bases.forEach(base -> found.put(base, new ArrayList<>(2)));
    addAll(fresh, true, found);
    addAll(cur, false, found);
    return found;
  }

  private static void addAll(Directory in, boolean isNew, Map<String, List<Place>> found)
      throws PosixException {
    if (in == null) {
      return;
    }
    in.files(
        (array, from, length) -> {
          if (MaildirName.isMail(array, from, length)) {
            String name = text(array, from, length);
            List<Place> places = found.get(MaildirName.base(name));
            if (places != null) {
              places.add(new Place(isNew, name));
            }
          }
        });
  }

  /** The letters of keywords that stand in names of files. */
  Set<Character> keywordLetters() throws PosixException {
    open();
    Set<Character> letters = new TreeSet<>();
    for (Directory directory : new Directory[] {fresh, cur}) {
      if (directory != null) {
        directory.files((array, from, length) -> addLetters(array, from, length, letters));
      }
    }
    return letters;
  }

  private static void addLetters(byte[] array, int from, int length, Set<Character> letters) {
    if (MaildirName.isMail(array, from, length)) {
      for (char c : MaildirName.flags(text(array, from, length)).toCharArray()) {
        if (c >= 'a' && c <= 'z') {
          letters.add(c);
        }
      }
    }
  }

  private static String text(byte[] array, int from, int length) {
    return new String(array, from, length, StandardCharsets.ISO_8859_1);
  }

  private void open() throws PosixException {
    cur = cur == null ? openIfThere("cur") : cur;
    fresh = fresh == null ? openIfThere("new") : fresh;
  }

  private Directory openIfThere(String file) throws PosixException {
    try {
      return mailbox.directory(file);
    } catch (PosixException e) {
      if (e.isMissing() && !e.isNotDirectory()) {
        return null;
      }
      throw e;
    }
  }

  private MailboxStamp stamp() throws PosixException {
    return MailboxStamp.of(cur, fresh);
  }

  private void add(Directory directory, boolean isNew, MailTable mails, Room room)
      throws PosixException, Room.NoneException {
    if (directory == null) {
      return;
    }
    directory.files(
        (array, from, length) -> {
          if (MaildirName.isMail(array, from, length)) {
            int before = mails.size();
            int mail = mails.add(array, from, length, isNew);
            if (mails.size() == before) {
              room.grow(TWIN);
              twins.add(mails.base(mail));
            }
          }
        });
  }

  /** Where the mail of a base lies now; nothing when it is in neither directory. */
  Optional<Place> find(String base) throws PosixException {
    open();
    byte[] wanted = base.getBytes(StandardCharsets.ISO_8859_1);
    List<Place> found = new ArrayList<>(1);
    for (int i = 1; ; i++) {
      MailboxStamp before = stamp();
      find(fresh, true, wanted, found);
      find(cur, false, wanted, found);
      if (!found.isEmpty() || stamp().hasSameFiles(before) || i == SCANS) {
        return found.stream().reduce((first, last) -> last);
      }
    }
  }

  private static void find(Directory in, boolean isNew, byte[] base, List<Place> found)
      throws PosixException {
    if (in == null) {
      return;
    }
    in.files(
        (array, from, length) -> {
          int end = from + base.length;
          boolean hasBase =
              length >= base.length
                  && (length == base.length || array[end] == ':')
                  && Arrays.equals(array, from, end, base, 0, base.length);
          if (hasBase && MaildirName.isMail(array, from, length)) {
            found.add(new Place(isNew, text(array, from, length)));
          }
        });
  }

  /**
   * The directory that a mail lies in.
   *
   * @throws PosixException {@link PosixException#isMissing} when it has been removed
   */
  Directory directory(Place place) throws PosixException {
    if (place.isNew()) {
      fresh = fresh == null ? mailbox.directory("new") : fresh;
      return fresh;
    }
    cur = cur == null ? mailbox.directory("cur") : cur;
    return cur;
  }

  /** The directory {@code new}, or {@code cur}; made where it is missing. */
  Directory made(boolean isNew) throws PosixException {
    if (isNew) {
      fresh = fresh == null ? MaildirDelivery.subdirectory(mailbox, "new") : fresh;
      return fresh;
    }
    cur = cur == null ? MaildirDelivery.subdirectory(mailbox, "cur") : cur;
    return cur;
  }

  /** Makes what happened to mails durable. */
  void sync() throws PosixException {
    for (boolean isNew : new boolean[] {false, true}) {
      Directory directory;
      try {
        directory = made(isNew);
      } catch (PosixException e) {
        continue; // it is missing, so nothing has happened to mails in it
      }
      directory.sync();
    }
  }

  @Override
  public void close() {
    if (cur != null) {
      cur.close();
    }
    if (fresh != null) {
      fresh.close();
    }
  }
}
