package org.doveadmsshd.storage.maildir;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.doveadmsshd.posix.PosixException;
import org.doveadmsshd.storage.Mailbox;

/**
 * What is remembered of a mailbox: which mails it had when it looked like its {@link #stamp}, and
 * what is known of each.
 *
 * <pre>
 * 8 bytes magic, and the head:
 *   3 times int64 inode, int64 size, int64 change time (ns): cur, new, dovecot-uidlist
 *   uint32 UIDVALIDITY (0: without UIDs), uint32 next UID, 32 bytes GUID
 *   uint32 number of mails, uint32 CRC-32C of the head
 * for each mail, in ascending order of UIDs:
 *   uint32 UID, byte 1 when it lies in new, byte length of name, uint16 length of fields,
 *   file name, further fields of the UID list,
 *   int64 received, int64 size, int64 virtual size, int64 saved (-2^63: unknown),
 *   int32 length of header (-1: unknown), header as in {@link MailFacts}
 * uint32 CRC-32C of all mails
 * </pre>
 *
 * <p>The file is the user's, so nothing in it is believed that could lead elsewhere.
 *
 * @param identifiers nothing when the mails have no UIDs
 */
record MailCache(MailboxStamp stamp, Optional<Mailbox.Identifiers> identifiers, Mails mails) {
  /** Largest cache that is read or written, in bytes: a million mails with their headers. */
  static final int MAX_SIZE = 512 * 1024 * 1024;

  private static final byte[] MAGIC = "dvcache4".getBytes(StandardCharsets.US_ASCII);
  private static final int GUID = 32;
  private static final int HEAD = 9 * Long.BYTES + 3 * Integer.BYTES + GUID;
  static final int ROWS = MAGIC.length + HEAD + Integer.BYTES;
  private static final int BUFFER = 64 * 1024;

  /** Its mails. */
  interface Mails {
    /** All of them, in ascending order of UIDs if they have some. */
    MailTable table();

    /** The mail at a position in that order. */
    int at(int position);

    /** Its facts. */
    MailFacts facts(int mail);
  }

  /** The cache's facts about the mailbox as a whole. */
  record Head(MailboxStamp stamp, Optional<Mailbox.Identifiers> identifiers, int count) {}

  /** Mails that were read, with the facts of each. */
  private record Read(MailTable table, Known known) implements Mails {
    @Override
    public int at(int position) {
      return position;
    }

    @Override
    public MailFacts facts(int mail) {
      return known.facts(mail);
    }
  }

  /**
   * A file's facts about the mails of a table.
   *
   * @param factsAt where in it that lies, by the number of the mail; 0 for nothing
   */
  record Known(MailCacheReader file, int[] factsAt) {
    /** Nothing, if the file has been written to since its checksum was looked at. */
    MailFacts facts(int mail) {
      int at = factsAt[mail];
      if (at == 0) {
        return new MailFacts();
      }
      try {
        ByteBuffer fixed = file.at(at, MailFacts.FIXED);
        int length = MailFacts.headerLength(fixed, fixed.position());
        return MailFacts.get(file.at(at, MailFacts.FIXED + length));
      } catch (PosixException
          | BufferUnderflowException
          | IllegalArgumentException
          | IndexOutOfBoundsException e) {
        return new MailFacts();
      }
    }
  }

  /** How large a file is at least, without the names and headers of the mails. */
  static long leastSize(int mails) {
    return ROWS + (long) mails * (MailCacheRows.ROW + MailFacts.FIXED);
  }

  /** Reads the head of a file; nothing when it is damaged, of another version, or no cache. */
  static Optional<Head> head(MailCacheReader file) throws PosixException {
    ByteBuffer in = file.at(0, ROWS);
    if (in.remaining() < ROWS) {
      return Optional.empty();
    }
    for (byte b : MAGIC) {
      if (in.get() != b) {
        return Optional.empty();
      }
    }
    CRC32C checksum = new CRC32C();
    checksum.update(in.array(), in.position(), HEAD);
    MailboxStamp stamp = new MailboxStamp(snapshot(in), snapshot(in), snapshot(in));
    long validity = Integer.toUnsignedLong(in.getInt());
    long next = Integer.toUnsignedLong(in.getInt());
    byte[] bytes = new byte[GUID];
    in.get(bytes);
    String guid = new String(bytes, StandardCharsets.ISO_8859_1);
    int count = in.getInt();
    if (in.getInt() != (int) checksum.getValue() || !UidList.isGuid(guid) || count < 0) {
      return Optional.empty();
    }
    return Optional.of(
        new Head(
            stamp,
            Optional.of(new Mailbox.Identifiers(guid, validity, next)).filter(all -> validity != 0),
            count));
  }

  private static MailboxStamp.Snapshot snapshot(ByteBuffer in) {
    return new MailboxStamp.Snapshot(in.getLong(), in.getLong(), in.getLong());
  }

  /**
   * Reads the mails of a file; nothing when it is damaged.
   *
   * @param file is looked at later, too
   */
  static Optional<MailCache> read(Head head, MailCacheReader file, Room room)
      throws PosixException, Room.NoneException {
    try {
      return Optional.of(new MailCache(head.stamp(), head.identifiers(), mails(head, file, room)));
    } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  private static Mails mails(Head head, MailCacheReader file, Room room)
      throws PosixException, Room.NoneException {
    int[] factsAt = new int[Math.min(head.count(), 64)];
    // no index of names; a caller that needs one asks for it
    MailTable table = new MailTable(room);
    MailCacheRows rows = new MailCacheRows(head, file);
    while (rows.next()) {
      int mail = table.append(rows.array(), rows.nameAt(), rows.nameLength(), rows.isNew());
      if (mail == factsAt.length) {
        int more = Math.min(head.count(), 2 * mail);
        room.grow((long) Integer.BYTES * (more - mail));
        factsAt = Arrays.copyOf(factsAt, more);
      }
      factsAt[mail] = rows.factsAt();
      if (head.identifiers().isPresent()) {
        table.number(mail, rows.uid(), rows.array(), rows.fieldsAt(), rows.fieldsLength());
      }
    }
    return new Read(table, new Known(file, factsAt));
  }

  /**
   * Looks what a file knows of the mails of a table, by the bases of their names; nothing when it
   * is damaged.
   *
   * @param file is looked at later, too
   */
  static Optional<Known> known(Head head, MailCacheReader file, MailTable table, Room room)
      throws PosixException, Room.NoneException {
    room.grow((long) Integer.BYTES * table.size());
    int[] factsAt = new int[table.size()];
    MailCacheRows rows = new MailCacheRows(head, file);
    try {
      while (rows.next()) {
        int mail = table.findName(rows.array(), rows.nameAt(), rows.nameLength());
        if (mail >= 0) {
          factsAt[mail] = rows.factsAt();
        }
      }
    } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
    return Optional.of(new Known(file, factsAt));
  }

  /** Takes the bytes of a file piece by piece. */
  @FunctionalInterface
  interface Sink {
    void write(byte[] bytes, int from, int length) throws PosixException;
  }

  /**
   * Writes the bytes of the file.
   *
   * @return false when they would be too many; then what has been written is of no use
   */
  boolean write(Sink sink) throws PosixException {
    ByteBuffer out = ByteBuffer.allocate(BUFFER);
    int count = mails.table().size();
    head(out, count);
    CRC32C checksum = new CRC32C();
    int begun = out.position();
    long size = 0;
    for (int i = 0; i < count; i++) {
      int mail = mails.at(i);
      if (out.remaining() < MailCacheRows.MAX_ROW) {
        checksum.update(out.array(), begun, out.position() - begun);
        sink.write(out.array(), 0, out.position());
        size += out.position();
        out.clear();
        begun = 0;
      }
      if (size > MAX_SIZE - BUFFER || !put(out, mails.table(), mail)) {
        return false;
      }
      mails.facts(mail).put(out);
    }
    checksum.update(out.array(), begun, out.position() - begun);
    out.putInt((int) checksum.getValue());
    sink.write(out.array(), 0, out.position());
    return true;
  }

  private void head(ByteBuffer out, int count) {
    out.put(MAGIC);
    put(out, stamp.cur());
    put(out, stamp.fresh());
    put(out, stamp.uidList());
    out.putInt((int) (long) identifiers.map(Mailbox.Identifiers::uidValidity).orElse(0L));
    out.putInt((int) (long) identifiers.map(Mailbox.Identifiers::uidNext).orElse(0L));
    put(out, identifiers.map(Mailbox.Identifiers::guid).orElse("0".repeat(GUID)));
    out.putInt(count);
    CRC32C checksum = new CRC32C();
    checksum.update(out.array(), MAGIC.length, HEAD);
    out.putInt((int) checksum.getValue());
  }

  private static void put(ByteBuffer out, MailboxStamp.Snapshot snapshot) {
    out.putLong(snapshot.inode()).putLong(snapshot.size()).putLong(snapshot.changedNanos());
  }

  private boolean put(ByteBuffer out, MailTable table, int mail) {
    String fields = identifiers.isPresent() ? table.notes(mail) : "";
    if (fields.length() > MailCacheRows.MAX_FIELDS) {
      return false;
    }
    out.putInt(identifiers.isPresent() ? (int) table.uid(mail) : 0);
    out.put((byte) (table.isNew(mail) ? 1 : 0));
    out.put((byte) table.nameLength(mail));
    out.putShort((short) fields.length());
    out.put(table.array(mail), table.nameAt(mail), table.nameLength(mail));
    put(out, fields);
    return true;
  }

  private static void put(ByteBuffer out, String oneCharAByte) {
    out.put(oneCharAByte.getBytes(StandardCharsets.ISO_8859_1));
  }
}
