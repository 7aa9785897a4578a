package org.doveadmsshd.storage.maildir;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.doveadmsshd.posix.PosixException;

/**
 * Goes through the mails of a cache, one after the other, and then compares its checksum. What a
 * mail says stands in an array until the next one is asked for. One thread.
 */
final class MailCacheRows {
  /** Bytes before the name. */
  static final int ROW = 8;

  /** Most bytes of what the UID list notes. */
  static final int MAX_FIELDS = 4096;

  static final int MAX_ROW = ROW + 0xff + MAX_FIELDS + MailFacts.MOST;

  private final MailCache.Head head;
  private final MailCacheReader file;
  private final CRC32C checksum = new CRC32C();
  private long position = MailCache.ROWS;
  private int done;
  private long uid;
  private boolean isNew;
  private byte[] array;
  private int nameAt;
  private int nameLength;
  private int fieldsLength;
  private int factsAt;

  MailCacheRows(MailCache.Head head, MailCacheReader file) {
    this.head = head;
    this.file = file;
  }

  /**
   * Goes to the next mail; false when there is none, and the checksum is right.
   *
   * @throws IllegalArgumentException when the file is damaged: whatever it has said is of no use
   */
  boolean next() throws PosixException {
    if (done == head.count()) {
      end();
      return false;
    }
    done++;
    ByteBuffer in = file.at(position, MAX_ROW);
    int begun = in.position();
    check(in.remaining() >= ROW);
    long last = uid;
    uid = Integer.toUnsignedLong(in.getInt(begun));
    check(head.identifiers().isEmpty() || uid > last);
    isNew = in.get(begun + 4) == 1;
    nameLength = in.get(begun + 5) & 0xff;
    fieldsLength = in.getShort(begun + 6) & 0xffff;
    array = in.array();
    nameAt = begun + ROW;
    int end = begun + ROW + nameLength + fieldsLength + MailFacts.FIXED;
    check(nameLength > 0 && fieldsLength <= MAX_FIELDS && end <= in.limit());
    check(isFileName(array, nameAt, nameLength));
    factsAt = (int) position + end - MailFacts.FIXED - begun;
    end += MailFacts.headerLength(in, end - MailFacts.FIXED);
    check(end <= in.limit());
    checksum.update(array, begun, end - begun);
    position += end - begun;
    check(position <= MailCache.MAX_SIZE);
    return true;
  }

  private void end() throws PosixException {
    ByteBuffer end = file.at(position, Integer.BYTES + 1);
    check(end.remaining() == Integer.BYTES && end.getInt() == (int) checksum.getValue());
    check(uid == 0 || head.identifiers().isEmpty() || uid < head.identifiers().get().uidNext());
  }

  /** What cannot lead out of the mailbox. */
  private static boolean isFileName(byte[] array, int from, int length) {
    for (int i = from; i < from + length; i++) {
      if (array[i] == '/') {
        return false;
      }
    }
    return MaildirName.isMail(array, from, length);
  }

  private static void check(boolean holds) {
    if (!holds) {
      throw new IllegalArgumentException("malformed cache");
    }
  }

  /** The array in which the name stands, and after it what the UID list notes. */
  byte[] array() {
    return array;
  }

  int nameAt() {
    return nameAt;
  }

  int nameLength() {
    return nameLength;
  }

  int fieldsAt() {
    return nameAt + nameLength;
  }

  int fieldsLength() {
    return fieldsLength;
  }

  /** The UID, if the file has some. */
  long uid() {
    return uid;
  }

  boolean isNew() {
    return isNew;
  }

  /** Where in the file that lies which is known of the mail; never 0. */
  int factsAt() {
    return factsAt;
  }
}
