package org.doveadmsshd.storage.maildir;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The mails of a mailbox, each a number from 0 in the order in which they were found: under which
 * name a mail lies where, its UID and what the UID list notes beside it. Found by the base of the
 * name. A mail takes the bytes of its name and some 30 more; there is no object for it.
 *
 * <p>In a big one each look at another mail misses the processor's caches, so what is needed
 * together lies together. Names are one char a byte. Used by one thread.
 */
final class MailTable {
  private static final int NEW = 1 << 31;
  private static final int FIRST = 16;

  // what of a mail stands where in its row
  private static final int PLACE = 0;
  private static final int HASH = 1;
  private static final int UID = 2;
  private static final int ROW = 3;

  private final Room room;
  private final ByteChunks bytes;

  /** Names that share a hash cannot be made on purpose. */
  private final long power1 = ThreadLocalRandom.current().nextLong() | 1;

  private final long power2 = power1 * power1;
  private final long power3 = power2 * power1;
  private final long power4 = power3 * power1;
  private int size;

  /**
   * Of each mail where its name lies in {@link #bytes}, with {@link #NEW} when it is new; the hash
   * of its base, once there is an index; and its UID, 0 for none.
   */
  private int[] rows = new int[ROW * FIRST];

  /**
   * The index: mails + 1 by the hash of their bases, 0 where there is none; at most two thirds are
   * taken. Null as long as none is needed.
   */
  private int[] slots;

  /**
   * Position in {@link #bytes} of the further fields of a mail, + 1; null as long as there are
   * none.
   */
  private int[] notes;

  MailTable(Room room) {
    this.room = room;
    this.bytes = new ByteChunks(room);
  }

  int size() {
    return size;
  }

  /**
   * Adds a mail. Where there is one of that base, it lies at the new place from now on.
   *
   * @param array has its name, from a position on
   * @param length of the name, at most 255
   * @return its number
   */
  int add(byte[] array, int from, int length, boolean isNew) throws Room.NoneException {
    index();
    int base = baseLength(array, from, length);
    int hash = hash(array, from, base);
    int slot = slot(hash, array, from, base);
    int mail = slots[slot] - 1;
    if (mail >= 0) {
      rows[ROW * mail + PLACE] = place(array, from, length, isNew);
      return mail;
    }
    mail = append(array, from, length, isNew);
    rows[ROW * mail + HASH] = hash;
    slots[slot] = mail + 1;
    if (size > slots.length / 3 * 2) {
      rehash(2 * slots.length);
    }
    return mail;
  }

  /** As {@link #add(byte[], int, int, boolean)}. */
  int add(String name, boolean isNew) throws Room.NoneException {
    return add(name.getBytes(StandardCharsets.ISO_8859_1), 0, name.length(), isNew);
  }

  /**
   * As {@link #add(byte[], int, int, boolean)}, of one whose base no other has. To be found by it
   * the mails must be asked for an {@link #index} afterwards.
   */
  int append(byte[] array, int from, int length, boolean isNew) throws Room.NoneException {
    int place = place(array, from, length, isNew);
    if (ROW * size == rows.length) {
      int more = size / 2;
      room.grow((long) Integer.BYTES * (ROW + (notes == null ? 0 : 1)) * more);
      rows = Arrays.copyOf(rows, ROW * (size + more));
      notes = notes == null ? null : Arrays.copyOf(notes, size + more);
    }
    rows[ROW * size + PLACE] = place;
    return size++;
  }

  private int place(byte[] array, int from, int length, boolean isNew) throws Room.NoneException {
    return bytes.add(array, from, length, 1) | (isNew ? NEW : 0);
  }

  /** Sees to it that mails can be found. */
  void index() throws Room.NoneException {
    if (slots != null) {
      return;
    }
    int length = 2 * FIRST;
    while (size > length / 3 * 2) {
      length *= 2;
    }
    for (int mail = 0; mail < size; mail++) {
      rows[ROW * mail + HASH] = hash(array(mail), nameAt(mail), baseLength(mail));
    }
    rehash(length);
  }

  private void rehash(int length) throws Room.NoneException {
    room.grow((long) Integer.BYTES * (length - (slots == null ? 0 : slots.length)));
    slots = null; // so that the old ones can go first
    slots = new int[length];
    for (int mail = 0; mail < size; mail++) {
      int slot = first(rows[ROW * mail + HASH]);
      while (slots[slot] != 0) {
        slot = next(slot);
      }
      slots[slot] = mail + 1;
    }
  }

  /** Where a hash is looked for at first. */
  private int first(int hash) {
    return (int) (Integer.toUnsignedLong(hash) * slots.length >>> 32);
  }

  private int next(int slot) {
    return slot + 1 == slots.length ? 0 : slot + 1;
  }

  /** Four bytes at a time, so that the processor multiplies them beside each other. */
  private int hash(byte[] array, int from, int length) {
    long hash = length;
    int i = from;
    int end = from + length;
    for (; i + 4 <= end; i += 4) {
      hash =
          hash * power4
              + array[i] * power3
              + array[i + 1] * power2
              + array[i + 2] * power1
              + array[i + 3];
    }
    for (; i < end; i++) {
      hash = hash * power1 + array[i];
    }
    return (int) (hash * power1 >>> 32);
  }

  /** The slot of a base: its own, or the free one where it would go. */
  private int slot(int hash, byte[] array, int from, int length) {
    int slot = first(hash);
    while (slots[slot] != 0) {
      int mail = slots[slot] - 1;
      if (rows[ROW * mail + HASH] == hash && hasBase(mail, array, from, length)) {
        return slot;
      }
      slot = next(slot);
    }
    return slot;
  }

  private boolean hasBase(int mail, byte[] other, int from, int length) {
    byte[] own = array(mail);
    int at = nameAt(mail);
    int nameLength = own[at - 1] & 0xff;
    return nameLength >= length
        && (nameLength == length || own[at + length] == ':')
        && Arrays.equals(own, at, at + length, other, from, from + length);
  }

  private static int baseLength(byte[] name, int from, int length) {
    for (int i = 0; i < length; i++) {
      if (name[from + i] == ':') {
        return i;
      }
    }
    return length;
  }

  /**
   * The mail of a base that stands in an array; -1 when there is none. Where mails were appended
   * there must be an {@link #index}.
   */
  int find(byte[] array, int from, int length) {
    return slots == null ? -1 : slots[slot(hash(array, from, length), array, from, length)] - 1;
  }

  /** The mail with the base of a name that stands in an array; -1 when there is none. */
  int findName(byte[] array, int from, int length) {
    return find(array, from, baseLength(array, from, length));
  }

  /** The mail of a base; -1 when there is none. */
  int find(String base) {
    byte[] array = base.getBytes(StandardCharsets.ISO_8859_1);
    return find(array, 0, array.length);
  }

  /** The array in which the name of a mail stands. */
  byte[] array(int mail) {
    return bytes.array(rows[ROW * mail + PLACE] & ~NEW);
  }

  /** Where in its array the name of a mail begins. */
  int nameAt(int mail) {
    return ByteChunks.at(rows[ROW * mail + PLACE] & ~NEW) + 1;
  }

  /** How long the name of a mail is. */
  int nameLength(int mail) {
    return array(mail)[nameAt(mail) - 1] & 0xff;
  }

  /** How long the base of a mail is. */
  int baseLength(int mail) {
    return baseLength(array(mail), nameAt(mail), nameLength(mail));
  }

  /** The name of its file. */
  String file(int mail) {
    return text(mail, nameLength(mail));
  }

  String base(int mail) {
    return text(mail, baseLength(mail));
  }

  private String text(int mail, int length) {
    return new String(array(mail), nameAt(mail), length, StandardCharsets.ISO_8859_1);
  }

  /** Whether it lies in {@code new}. */
  boolean isNew(int mail) {
    return rows[ROW * mail + PLACE] < 0;
  }

  MaildirListing.Place place(int mail) {
    return new MaildirListing.Place(isNew(mail), file(mail));
  }

  /** Its UID; 0 when it has none. */
  long uid(int mail) {
    return Integer.toUnsignedLong(rows[ROW * mail + UID]);
  }

  /**
   * Gives a mail its UID. @param array has its further fields, from a position on
   *
   * @param length 0 for nothing
   */
  void number(int mail, long uid, byte[] array, int from, int length) throws Room.NoneException {
    rows[ROW * mail + UID] = (int) uid;
    if (length > 0 && notes == null) {
      room.grow((long) Integer.BYTES * rows.length / ROW);
      notes = new int[rows.length / ROW];
    }
    if (notes != null) {
      notes[mail] = length == 0 ? 0 : bytes.add(array, from, length, 2) + 1;
    }
  }

  /** Whether every mail has a UID. */
  boolean isNumbered() {
    return countUnnumbered() == 0;
  }

  /** How many mails have no UID. */
  int countUnnumbered() {
    int count = 0;
    for (int mail = 0; mail < size; mail++) {
      count += uid(mail) == 0 ? 1 : 0;
    }
    return count;
  }

  /** Takes a UID back from all that have it. */
  void unnumber(long uid) {
    for (int mail = 0; mail < size; mail++) {
      if (uid(mail) == uid) {
        rows[ROW * mail + UID] = 0;
      }
    }
  }

  /** Takes all UIDs back. */
  void unnumber() {
    for (int mail = 0; mail < size; mail++) {
      rows[ROW * mail + UID] = 0;
    }
    if (notes != null) {
      Arrays.fill(notes, 0);
    }
  }

  /** The further fields of a mail in the UID list, as they stand there; empty for none. */
  String notes(int mail) {
    if (notes == null || notes[mail] == 0) {
      return "";
    }
    byte[] array = bytes.array(notes[mail] - 1);
    int at = ByteChunks.at(notes[mail] - 1);
    int length = (array[at] & 0xff) << 8 | array[at + 1] & 0xff;
    return new String(array, at + 2, length, StandardCharsets.ISO_8859_1);
  }

  /** All mails in the order of their UIDs. */
  int[] byUid() throws Room.NoneException {
    room.grow((long) Long.BYTES * size + (long) Integer.BYTES * size);
    long[] keys = new long[size];
    for (int mail = 0; mail < size; mail++) {
      keys[mail] = Long.MIN_VALUE ^ (uid(mail) << 32 | mail); // UIDs use all of 32 bits
    }
    Arrays.sort(keys);
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = (int) keys[i];
    }
    return order;
  }

  /** The mails without UID, in the order in which they get one. */
  int[] unnumbered() throws Room.NoneException {
    int count = countUnnumbered();
    room.grow(4L * Integer.BYTES * count);
    int[] mails = new int[count];
    for (int mail = 0, i = 0; i < count; mail++) {
      if (uid(mail) == 0) {
        mails[i++] = mail;
      }
    }
    return UidOrder.sort(this, mails);
  }
}
