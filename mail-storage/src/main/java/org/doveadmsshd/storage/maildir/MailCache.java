package org.doveadmsshd.storage.maildir;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.doveadmsshd.storage.Mailbox;

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
record MailCache(MailboxStamp stamp, Optional<Mailbox.Identity> identity, List<Row> rows) {
  /** Largest cache that is read or written, in bytes: some 50,000 mails with their headers. */
  static final int MAX_SIZE = 16 * 1024 * 1024;

  private static final byte[] MAGIC = "dvcache1".getBytes(StandardCharsets.US_ASCII);
  private static final int HEAD = MAGIC.length + Integer.BYTES;
  private static final int FIXED = HEAD + 9 * Long.BYTES + 3 * Integer.BYTES + 32;
  private static final int ROW = 8;
  private static final int GUID = 32;
  private static final int MAX_FIELDS = 0xffff;

  /**
   * A mail.
   *
   * @param entry null in a cache without UIDs
   */
  record Row(MaildirListing.Place place, UidList.Entry entry, MailFacts facts) {
    String base() {
      return MaildirName.base(place.file());
    }

    private String fields() {
      return entry == null ? "" : entry.fields();
    }

    private int size() {
      return ROW + place.file().length() + fields().length() + facts.size();
    }
  }

  /** The facts by the bases of the mails. */
  Map<String, MailFacts> facts() {
    Map<String, MailFacts> facts = new HashMap<>(2 * rows.size() + 16);
    rows.forEach(row -> facts.put(row.base(), row.facts()));
    return facts;
  }

  /** Reads the bytes of a file; nothing when it is damaged, of another version, or no cache. */
  static Optional<MailCache> parse(byte[] content) {
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
      return Optional.of(read(in));
    } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  private static int checksum(byte[] content) {
    CRC32C checksum = new CRC32C();
    checksum.update(content, HEAD, content.length - HEAD);
    return (int) checksum.getValue();
  }

  private static MailCache read(ByteBuffer in) {
    MailboxStamp stamp = new MailboxStamp(version(in), version(in), version(in));
    long validity = Integer.toUnsignedLong(in.getInt());
    long next = Integer.toUnsignedLong(in.getInt());
    String guid = text(in, GUID);
    check(UidList.isGuid(guid));
    Optional<Mailbox.Identity> identity =
        Optional.of(new Mailbox.Identity(guid, validity, next)).filter(all -> validity != 0);
    int count = in.getInt();
    check(count >= 0 && count <= in.remaining() / ROW);
    List<Row> rows = new ArrayList<>(count);
    long lastUid = 0;
    for (int i = 0; i < count; i++) {
      Row row = row(in, identity.isPresent());
      check(row.entry() == null || row.entry().uid() > lastUid);
      lastUid = row.entry() == null ? 0 : row.entry().uid();
      rows.add(row);
    }
    check(!in.hasRemaining() && (lastUid == 0 || lastUid < next));
    return new MailCache(stamp, identity, rows);
  }

  private static MailboxStamp.Version version(ByteBuffer in) {
    return new MailboxStamp.Version(in.getLong(), in.getLong(), in.getLong());
  }

  private static Row row(ByteBuffer in, boolean numbered) {
    long uid = Integer.toUnsignedLong(in.getInt());
    boolean isNew = in.get() == 1;
    int nameLength = in.get() & 0xff;
    int fieldsLength = in.getShort() & 0xffff;
    String file = text(in, nameLength);
    String fields = text(in, fieldsLength);
    check(!file.isEmpty() && MaildirName.isMail(file) && file.indexOf('/') < 0);
    return new Row(
        new MaildirListing.Place(isNew, file),
        numbered ? new UidList.Entry(uid, fields) : null,
        MailFacts.get(in));
  }

  private static String text(ByteBuffer in, int length) {
    if (length == 0) {
      return "";
    }
    int from = in.position();
    in.position(from + length);
    return new String(in.array(), from, length, StandardCharsets.ISO_8859_1);
  }

  private static void check(boolean holds) {
    if (!holds) {
      throw new IllegalArgumentException("malformed cache");
    }
  }

  /** The bytes of the file; nothing when they would be too many. */
  Optional<byte[]> bytes() {
    long size = FIXED;
    boolean fits = true;
    for (Row row : rows) {
      size += row.size();
      fits &= row.fields().length() <= MAX_FIELDS;
    }
    if (size > MAX_SIZE || !fits) {
      return Optional.empty();
    }
    ByteBuffer out = ByteBuffer.allocate((int) size);
    out.put(MAGIC).putInt(0);
    put(out, stamp.cur());
    put(out, stamp.fresh());
    put(out, stamp.uidList());
    out.putInt((int) (long) identity.map(Mailbox.Identity::uidValidity).orElse(0L));
    out.putInt((int) (long) identity.map(Mailbox.Identity::uidNext).orElse(0L));
    put(out, identity.map(Mailbox.Identity::guid).orElse("0".repeat(GUID)));
    out.putInt(rows.size());
    rows.forEach(row -> put(out, row));
    out.putInt(MAGIC.length, checksum(out.array()));
    return Optional.of(out.array());
  }

  private static void put(ByteBuffer out, MailboxStamp.Version version) {
    out.putLong(version.inode()).putLong(version.size()).putLong(version.changedNanos());
  }

  private static void put(ByteBuffer out, Row row) {
    out.putInt(row.entry() == null ? 0 : (int) row.entry().uid());
    out.put((byte) (row.place().isNew() ? 1 : 0));
    out.put((byte) row.place().file().length());
    out.putShort((short) row.fields().length());
    put(out, row.place().file());
    put(out, row.fields());
    row.facts().put(out);
  }

  private static void put(ByteBuffer out, String oneCharAByte) {
    out.put(oneCharAByte.getBytes(StandardCharsets.ISO_8859_1));
  }
}
