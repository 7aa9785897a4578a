package org.doveadmsshd.storage.maildir;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.posix.FileStatus;
import org.doveadmsshd.storage.mime.HeaderField;

/**
 * Facts of one mail that do not change as long as it keeps its name. Used by one thread.
 *
 * <p>The header is kept as it is stored: for every field its position in {@link #NAMES} (1 byte),
 * the length of its value (4 bytes), and the value as it stands in the mail.
 */
final class MailFacts {
  /** The header fields that are remembered: those that are searched for and shown most. */
  static final List<String> NAMES =
      List.of("subject", "from", "to", "cc", "bcc", "date", "message-id");

  static final long UNKNOWN = Long.MIN_VALUE;

  /** Longest header that is remembered, as stored. */
  static final int MAX_HEADER = 8 * 1024;

  private static final int FIELD = 1 + Integer.BYTES;
  static final int FIXED = 4 * Long.BYTES + Integer.BYTES;

  /** Most bytes that {@link #put} writes. */
  static final int MOST = FIXED + MAX_HEADER;

  private long received = UNKNOWN;
  private long physicalSize = UNKNOWN;
  private long virtualSize = UNKNOWN;
  private long saved = UNKNOWN;

  /** Null when it is not known. */
  private ByteBuffer header;

  /**
   * Reads what {@link #put} has written.
   *
   * @throws IllegalArgumentException when it is malformed; so are the exceptions of a buffer that
   *     ends too soon
   */
  static MailFacts get(ByteBuffer from) {
    MailFacts facts = new MailFacts();
    facts.received = from.getLong();
    facts.physicalSize = from.getLong();
    facts.virtualSize = from.getLong();
    facts.saved = from.getLong();
    int length = from.getInt();
    if (length > MAX_HEADER) {
      throw new IllegalArgumentException("malformed header");
    }
    if (length >= 0) {
      byte[] header = new byte[length];
      from.get(header);
      facts.header = ByteBuffer.wrap(header);
      facts.check();
    }
    return facts;
  }

  /**
   * The length of the header in what {@link #put} has written, 0 where there is none.
   *
   * @param at where that begins, of which at least the fixed part is there
   * @throws IllegalArgumentException when it is malformed
   */
  static int headerLength(ByteBuffer from, int at) {
    int length = from.getInt(at + FIXED - Integer.BYTES);
    if (length > MAX_HEADER) {
      throw new IllegalArgumentException("malformed header");
    }
    return Math.max(length, 0);
  }

  private void check() {
    for (int at = 0; at < header.limit(); at += FIELD + header.getInt(at + 1)) {
      int length = header.getInt(at + 1);
      if (header.get(at) < 0
          || header.get(at) >= NAMES.size()
          || length < 0
          || length > header.limit() - at - FIELD) {
        throw new IllegalArgumentException("malformed header");
      }
    }
  }

  /** How many bytes {@link #put} writes. */
  int size() {
    return FIXED + (header == null ? 0 : header.limit());
  }

  void put(ByteBuffer to) {
    to.putLong(received).putLong(physicalSize).putLong(virtualSize).putLong(saved);
    to.putInt(header == null ? -1 : header.limit());
    if (header != null) {
      to.put(header.duplicate());
    }
  }

  /** When it was delivered, seconds since 1970; or {@link #UNKNOWN}. */
  long received() {
    return received;
  }

  /** Bytes as stored, before they were compressed; or {@link #UNKNOWN}. */
  long physicalSize() {
    return physicalSize;
  }

  /** When it was put into the mailbox, seconds since 1970; or {@link #UNKNOWN}. */
  long saved() {
    return saved;
  }

  /** Bytes with CRLF line ends; or {@link #UNKNOWN}. */
  long virtualSize() {
    return virtualSize;
  }

  /**
   * The values of the fields of a name, in the order of the mail.
   *
   * @param name in any case
   * @return nothing when the mail has to be read for it
   */
  Optional<List<String>> header(String name) {
    int wanted = header == null ? -1 : indexOf(name);
    if (wanted < 0) {
      return Optional.empty();
    }
    List<String> values = new ArrayList<>(1);
    for (int at = 0; at < header.limit(); at += FIELD + header.getInt(at + 1)) {
      if (header.get(at) == wanted) {
        int from = header.arrayOffset() + at + FIELD;
        int length = header.getInt(at + 1);
        values.add(new String(header.array(), from, length, StandardCharsets.ISO_8859_1));
      }
    }
    return Optional.of(values);
  }

  /** The position of a name among those that are remembered, -1 for others. */
  static int indexOf(String name) {
    for (int i = 0; i < NAMES.size(); i++) {
      if (NAMES.get(i).equalsIgnoreCase(name)) {
        return i;
      }
    }
    return -1;
  }

  void learn(FileStatus status) {
    received = status.modifiedSeconds();
    saved = saved == UNKNOWN ? status.changedSeconds() : Math.min(saved, status.changedSeconds());
  }

  void learnPhysicalSize(long size) {
    physicalSize = size;
  }

  void learnVirtualSize(long size) {
    virtualSize = size;
  }

  /**
   * Takes the fields whose names are remembered, all of them, in the order of the mail. A header
   * that is very long is forgotten at once.
   */
  void learnHeader(List<HeaderField> fields) {
    int size = 0;
    for (HeaderField field : fields) {
      size += FIELD + field.value().length();
    }
    if (size > MAX_HEADER) {
      return;
    }
    header = ByteBuffer.allocate(size);
    for (HeaderField field : fields) {
      byte[] value = field.value().getBytes(StandardCharsets.ISO_8859_1);
      header.put((byte) indexOf(field)).putInt(value.length).put(value);
    }
    header.flip();
  }

  /**
   * A field may have a name that is not spelled like any: what stands behind a NUL is none of it.
   */
  private static int indexOf(HeaderField field) {
    for (int i = 0; i < NAMES.size(); i++) {
      if (field.isNamed(NAMES.get(i))) {
        return i;
      }
    }
    throw new IllegalArgumentException("not remembered: " + field.name());
  }
}
