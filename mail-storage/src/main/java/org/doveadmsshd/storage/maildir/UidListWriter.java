package org.doveadmsshd.storage.maildir;

import java.io.Closeable;
import java.nio.charset.StandardCharsets;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.posix.OpenFile;
import org.doveadmsshd.posix.PosixException;

/** Writes lines of a UID list. Used under the lock of the list. */
final class UidListWriter implements Closeable {
  private final OpenFile file;
  private final String mailbox;
  private final byte[] buffer = new byte[64 * 1024];
  private int used;
  private long next;

  /**
   * @param file closed with the writer
   * @param mailbox its name, for messages
   * @param next the UID that the next new mail gets
   */
  UidListWriter(OpenFile file, String mailbox, long next) {
    this.file = file;
    this.mailbox = mailbox;
    this.next = next;
  }

  /** The UID that the next new mail gets. */
  long next() {
    return next;
  }

  void write(byte[] bytes, int from, int length) throws PosixException {
    if (used + length > buffer.length) {
      flush();
    }
    if (length > buffer.length) {
      file.write(bytes, from, length);
    } else {
      System.arraycopy(bytes, from, buffer, used, length);
      used += length;
    }
  }

  private void write(byte[] bytes) throws PosixException {
    write(bytes, 0, bytes.length);
  }

  /**
   * Adds the line of a new mail.
   *
   * @param wanted its UID where that is at least the next one; 0 for the next one
   * @param fields what is to be noted beside it; empty for nothing
   * @return the UID that it has now
   * @throws Failure when there is no further UID
   */
  long add(long wanted, String fields, byte[] base, int from, int length)
      throws Failure, PosixException {
    long uid = Math.max(next, wanted);
    if (uid >= UidList.MAX_UID) {
      throw Failure.temporary(
          "Mailbox %s has used its last UID; its mails get new ones by: doveadm force-resync"
              .formatted(mailbox),
          null);
    }
    next = uid + 1;
    line(uid, fields.getBytes(StandardCharsets.ISO_8859_1), 0, fields.length());
    write(base, from, length);
    end();
    return uid;
  }

  /** Adds the line that a reader has read last. */
  void copy(UidListReader line) throws PosixException {
    line(line.uid(), line.line(), line.fieldsAt(), line.fieldsLength());
    write(line.line(), line.baseAt(), line.baseLength());
    end();
  }

  /** Writes the line of a mail that keeps its UID, which may be one below the next one. */
  void copy(long uid, String fields, byte[] base, int from, int length) throws PosixException {
    line(uid, fields.getBytes(StandardCharsets.ISO_8859_1), 0, fields.length());
    write(base, from, length);
    end();
  }

  private void line(long uid, byte[] fields, int from, int length) throws PosixException {
    write(Long.toString(uid).getBytes(StandardCharsets.ISO_8859_1));
    if (length > 0) {
      write(new byte[] {' '});
      write(fields, from, length);
    }
    write(new byte[] {' ', ':'});
  }

  private void end() throws PosixException {
    write(new byte[] {'\n'});
  }

  private void flush() throws PosixException {
    if (used > 0) {
      file.write(buffer, 0, used);
      used = 0;
    }
  }

  /** Makes everything durable. */
  void sync() throws PosixException {
    flush();
    file.sync();
  }

  @Override
  public void close() {
    file.close();
  }
}
