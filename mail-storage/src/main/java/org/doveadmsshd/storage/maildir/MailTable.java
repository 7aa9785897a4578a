package org.doveadmsshd.storage.maildir;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The mails of a mailbox, each a number from 0 in the order in which they were found: under which
 * name a mail lies where, its UID and what the UID list notes beside it. Found by the base of the
 * name. A mail takes the bytes of its name and some 30 more; there is no object for it.
 *
 * <p>Names are one char a byte. Used by one thread.
 */
final class MailTable {
  private static final int NEW = 1 << 31;
  private static final int FIRST = 16;

  private final Room room;
  private final ByteChunks bytes;
  private final long multiplier = ThreadLocalRandom.current().nextLong() | 1;
  private int size;

  /** Of each mail where its name lies in {@link #bytes}; {@link #NEW} is set when it is new. */
  private int[] places = new int[FIRST];

  /** Mails + 1 by the hash of their bases, 0 where there is none; at most two thirds are taken. */
  private int[] slots = new int[2 * FIRST];

  /** 0 for those that have none; null as long as nobody has one. */
  private int[] uids;

  /** Where what is noted lies in {@link #bytes}, + 1; null as long as nothing is. */
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
    int base = baseLength(array, from, length);
    int slot = slot(array, from, base);
    int mail = slots[slot] - 1;
    int place = bytes.add(array, from, length, 1) | (isNew ? NEW : 0);
    if (mail < 0) {
      mail = size++;
      if (mail == places.length) {
        grow();
      }
      slots[slot] = mail + 1;
      places[mail] = place;
      if (size > slots.length / 3 * 2) {
        rehash();
      }
    }
    places[mail] = place;
    return mail;
  }

  /** As {@link #add(byte[], int, int, boolean)}. */
  int add(String name, boolean isNew) throws Room.NoneException {
    return add(name.getBytes(StandardCharsets.ISO_8859_1), 0, name.length(), isNew);
  }

  private void grow() throws Room.NoneException {
    places = grown(places);
    uids = uids == null ? null : grown(uids);
    notes = notes == null ? null : grown(notes);
  }

  private int[] grown(int[] old) throws Room.NoneException {
    int length = old.length + old.length / 2;
    room.grow((long) Integer.BYTES * (length - old.length));
    return Arrays.copyOf(old, length);
  }

  private int[] another() throws Room.NoneException {
    room.grow((long) Integer.BYTES * places.length);
    return new int[places.length];
  }

  private void rehash() throws Room.NoneException {
    room.grow((long) Integer.BYTES * slots.length);
    int length = 2 * slots.length;
    slots = null; // so that the old ones can go first
    slots = new int[length];
    for (int mail = 0; mail < size; mail++) {
      int from = nameAt(mail);
      byte[] array = array(mail);
      slots[slot(array, from, baseLength(array, from, nameLength(mail)))] = mail + 1;
    }
  }

  /** The slot of a base: its own, or the free one where it would go. */
  private int slot(byte[] array, int from, int length) {
    long hash = length;
    for (int i = from; i < from + length; i++) {
      hash = hash * multiplier + array[i];
    }
    int slot = (int) ((hash >>> 32) * slots.length >>> 32);
    while (slots[slot] != 0 && !hasBase(slots[slot] - 1, array, from, length)) {
      slot = slot + 1 == slots.length ? 0 : slot + 1;
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

  /** The mail of a base that stands in an array; -1 when there is none. */
  int find(byte[] array, int from, int length) {
    return slots[slot(array, from, length)] - 1;
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
    return bytes.array(places[mail] & ~NEW);
  }

  /** Where in its array the name of a mail begins. */
  int nameAt(int mail) {
    return ByteChunks.at(places[mail] & ~NEW) + 1;
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
    return places[mail] < 0;
  }

  MaildirListing.Place place(int mail) {
    return new MaildirListing.Place(isNew(mail), file(mail));
  }

  /** Its UID; 0 when it has none. */
  long uid(int mail) {
    return uids == null ? 0 : Integer.toUnsignedLong(uids[mail]);
  }

  /**
   * Gives a mail its UID.
   *
   * @param array has what is noted beside it, from a position on
   * @param length 0 for nothing
   */
  void number(int mail, long uid, byte[] array, int from, int length) throws Room.NoneException {
    uids = uids == null ? another() : uids;
    uids[mail] = (int) uid;
    notes = length > 0 && notes == null ? another() : notes;
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
        uids[mail] = 0;
      }
    }
  }

  /** Takes all UIDs back. */
  void unnumber() {
    if (uids != null) {
      Arrays.fill(uids, 0);
    }
    if (notes != null) {
      Arrays.fill(notes, 0);
    }
  }

  /** What the UID list notes beside a mail, as it stands there; empty for nothing. */
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
