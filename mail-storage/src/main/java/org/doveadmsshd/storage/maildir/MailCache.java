package org.doveadmsshd.storage.maildir;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.posix.PosixException;

/**
 * What is remembered of a mailbox: which mails it had when it looked like its {@link #stamp}, and
 * what is known of each.
 *
 * <pre>
 * 8 bytes magic, uint32 CRC-32C of all that follows
 * 3 times int64 inode, int64 size, int64 change time (ns): cur, new, dovecot-uidlist
 * uint32 UIDVALIDITY (0: without UIDs), uint32 next UID, 32 bytes GUID
 * uint32 number of mails, and for each, in ascending order of UIDs:
 *   uint32 UID, byte 1 when it lies in new, byte length of name, uint16 length of fields,
 *   file name, further fields of the UID list,
 *   int64 received, int64 size, int64 virtual size (-2^63: unknown),
 *   int32 length of header (-1: unknown), header as in {@link MailFacts}
 * </pre>
 *
 * <p>The file is the user's, so nothing in it is believed that could lead elsewhere.
 *
 * @param identity nothing when the mails have no UIDs
 */
record MailCache(MailboxStamp stamp, Optional<Mailbox.Identity> identity, Mails mails) {
  /** Largest cache that is read or written, in bytes: some 50,000 mails with their headers. */
  static final int MAX_SIZE = 16 * 1024 * 1024;

  private static final byte[] MAGIC = "dvcache2".getBytes(StandardCharsets.US_ASCII);
  private static final int HEAD = MAGIC.length + Integer.BYTES;
  private static final int FIXED = HEAD + 9 * Long.BYTES + 3 * Integer.BYTES + 32;
  private static final int ROW = 8;
  private static final int GUID = 32;
  private static final int MAX_FIELDS = 4096;
  private static final int MAX_ROW =
      ROW + 0xff + MAX_FIELDS + MailFacts.FIXED + MailFacts.MAX_HEADER;

  private static final int BUFFER = 64 * 1024;

  /** Its mails. */
  interface Mails {
    /** All of them, in ascending order of UIDs if they have some. */
    MailTable table();

    /** The mail at a position in that order. */
    int at(int position);

    /** What is known of it. */
    MailFacts facts(int mail);
  }

  /**
   * Mails that were read.
   *
   * @param content of the file; where what is known of each mail lies in it
   */
  private record Read(MailTable table, ByteBuffer content, int[] factsAt) implements Mails {
    @Override
    public int at(int position) {
      return position;
    }

    @Override
    public MailFacts facts(int mail) {
      return MailFacts.get(content.duplicate().position(factsAt[mail]));
    }
  }

  /** How many bytes the file has at least, without the names and headers of the mails. */
  static long leastSize(int mails) {
    return FIXED + (long) mails * (ROW + MailFacts.FIXED);
  }

  /**
   * Reads the bytes of a file; nothing when it is damaged, of another version, or no cache.
   *
   * @param room for the mails; the bytes are kept, too
   */
  static Optional<MailCache> parse(byte[] content, Room room) throws Room.NoneException {
    try {
      ByteBuffer in = ByteBuffer.wrap(content);
      for (byte b : MAGIC) {
        if (in.get() != b) {
          return Optional.empty();
        }
      }
      if (in.getInt() != checksum(content)) {
        return Optional.empty();
      }
      return Optional.of(read(in, room));
    } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  private static int checksum(byte[] content) {
    CRC32C checksum = new CRC32C();
    checksum.update(content, HEAD, content.length - HEAD);
    return (int) checksum.getValue();
  }

  private static MailCache read(ByteBuffer in, Room room) throws Room.NoneException {
    MailboxStamp stamp = new MailboxStamp(version(in), version(in), version(in));
    long validity = Integer.toUnsignedLong(in.getInt());
    long next = Integer.toUnsignedLong(in.getInt());
    String guid = text(in, GUID);
    check(UidList.isGuid(guid));
    Optional<Mailbox.Identity> identity =
        Optional.of(new Mailbox.Identity(guid, validity, next)).filter(all -> validity != 0);
    int count = in.getInt();
    check(count >= 0 && count <= in.remaining() / ROW);
    room.grow((long) Integer.BYTES * count);
    int[] factsAt = new int[count];
    MailTable table = new MailTable(room);
    long lastUid = 0;
    for (int mail = 0; mail < count; mail++) {
      factsAt[mail] = row(in, table, identity.isPresent());
      check(table.size() == mail + 1); // else there are two of one base
      check(identity.isEmpty() || table.uid(mail) > lastUid);
      lastUid = table.uid(mail);
    }
    check(!in.hasRemaining() && (lastUid == 0 || lastUid < next));
    return new MailCache(stamp, identity, new Read(table, in, factsAt));
  }

  private static MailboxStamp.Version version(ByteBuffer in) {
    return new MailboxStamp.Version(in.getLong(), in.getLong(), in.getLong());
  }

  /** Takes a mail into a table; returns where what is known of it begins. */
  private static int row(ByteBuffer in, MailTable table, boolean numbered)
      throws Room.NoneException {
    long uid = Integer.toUnsignedLong(in.getInt());
    boolean isNew = in.get() == 1;
    int nameLength = in.get() & 0xff;
    int fieldsLength = in.getShort() & 0xffff;
    check(fieldsLength <= MAX_FIELDS);
    byte[] name = new byte[nameLength];
    in.get(name);
    check(nameLength > 0 && MaildirName.isMail(name, nameLength));
    for (byte b : name) {
      check(b != '/');
    }
    int mail = table.add(name, nameLength, isNew);
    int fields = in.position();
    in.position(fields + fieldsLength);
    if (numbered) {
      table.number(mail, uid, in.array(), fields, fieldsLength);
    }
    int facts = in.position();
    MailFacts.get(in);
    return facts;
  }

  private static String text(ByteBuffer in, int length) {
    int from = in.position();
    in.position(from + length);
    return new String(in.array(), from, length, StandardCharsets.ISO_8859_1);
  }

  private static void check(boolean holds) {
    if (!holds) {
      throw new IllegalArgumentException("malformed cache");
    }
  }

  /** Takes the bytes of a file piece by piece. */
  @FunctionalInterface
  interface Sink {
    void write(byte[] bytes, int from, int length) throws PosixException;
  }

  /**
   * Writes the bytes of the file, of which there are never two at once: their checksum stands
   * before them, so all are made twice.
   *
   * @return whether it did; not when they would be too many
   */
  boolean write(Sink sink) throws PosixException {
    CRC32C checksum = new CRC32C();
    long[] size = {HEAD};
    boolean fits =
        each(
            (bytes, from, length) -> {
              checksum.update(bytes, from, length);
              size[0] += length;
            });
    if (!fits || size[0] > MAX_SIZE) {
      return false;
    }
    ByteBuffer head = ByteBuffer.allocate(HEAD).put(MAGIC).putInt((int) checksum.getValue());
    sink.write(head.array(), 0, HEAD);
    return each(sink);
  }

  /** Gives everything behind the checksum; false when the notes on a mail are too long. */
  private boolean each(Sink sink) throws PosixException {
    ByteBuffer out = ByteBuffer.allocate(BUFFER);
    put(out, stamp.cur());
    put(out, stamp.fresh());
    put(out, stamp.uidList());
    out.putInt((int) (long) identity.map(Mailbox.Identity::uidValidity).orElse(0L));
    out.putInt((int) (long) identity.map(Mailbox.Identity::uidNext).orElse(0L));
    put(out, identity.map(Mailbox.Identity::guid).orElse("0".repeat(GUID)));
    int count = mails.table().size();
    out.putInt(count);
    for (int i = 0; i < count; i++) {
      int mail = mails.at(i);
      if (!put(out, mails.table(), mail)) {
        return false;
      }
      mails.facts(mail).put(out);
      if (out.remaining() < MAX_ROW) {
        sink.write(out.array(), 0, out.position());
        out.clear();
      }
    }
    sink.write(out.array(), 0, out.position());
    return true;
  }

  private static void put(ByteBuffer out, MailboxStamp.Version version) {
    out.putLong(version.inode()).putLong(version.size()).putLong(version.changedNanos());
  }

  private boolean put(ByteBuffer out, MailTable table, int mail) {
    String fields = identity.isPresent() ? table.notes(mail) : "";
    if (fields.length() > MAX_FIELDS) {
      return false;
    }
    out.putInt(identity.isPresent() ? (int) table.uid(mail) : 0);
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
