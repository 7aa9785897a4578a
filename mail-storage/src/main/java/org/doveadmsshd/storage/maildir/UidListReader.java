package org.doveadmsshd.storage.maildir;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Reads a UID list line by line from a stream. What a line says stands in {@link #line} until the
 * next one is read. One thread.
 *
 * <p>A list that does not keep to the format is damaged; its meaning is not guessed. {@link
 * UidListMend} can read the lines that are in order, each by itself.
 */
final class UidListReader {
  /** Longest line, in bytes. */
  static final int LONGEST = ByteChunks.LONGEST;

  /** Most lists are no longer. */
  private static final int SMALL = 8 * 1024;

  private static final int BUFFER = 64 * 1024;

  /** Hardly a line is shorter. */
  private static final int SHORTEST = 16;

  private final InputStream in;

  /** Bytes that have been read but not looked at lie between {@link #at} and {@link #end}. */
  private byte[] buffer = new byte[SMALL];

  private int at;
  private int end;

  /** Position of the buffer in the stream. */
  private long begin;

  private boolean atEnd;
  private long number;
  private boolean isVersion3;
  private long validity;
  private long next;
  private String guid;
  private boolean complete = true;

  /** Whether a power failure has left zeros, as on some file systems, where lines were appended. */
  private boolean endsInZeros;

  private long lastUid;

  /** Whether lines that cannot be read are passed over, and UIDs may be in any order. */
  private final boolean mends;

  /** The most mails that skipped bytes may have named. */
  private long unreadable;

  /** Whether the line has a beginning that is no longer in the buffer. */
  private boolean isCut;

  private int lineEnd;
  private int fieldsAt;
  private int fieldsEnd;
  private int baseAt;
  private int baseEnd;

  /** Reads the first line. */
  UidListReader(InputStream in) throws IOException, UidList.DamagedException {
    this(in, false);
  }

  /** A reader of a damaged list: reads the first line, which must be whole but for the GUID. */
  static UidListReader mending(InputStream in) throws IOException, UidList.DamagedException {
    return new UidListReader(in, true);
  }

  private UidListReader(InputStream in, boolean mends)
      throws IOException, UidList.DamagedException {
    this.in = in;
    this.mends = mends;
    if (!nextLine()) {
      throw damaged(end == 0 ? "the file is empty" : "no whole line");
    }
    header(new String(buffer, at, lineEnd - at, StandardCharsets.ISO_8859_1));
    at = lineEnd + 1;
  }

  /** The head of the list, once all lines have been read. */
  UidList list(long strangers) {
    // half a line is of a mail that had a UID, too; zeros may stand for several
    long following = lastUid + 1 + (complete ? 0 : endsInZeros ? unreadable : 1);
    return new UidList(validity, Math.max(next, following), guid, complete, strangers);
  }

  /** How many mails may have stood in what cannot be read, at most. */
  long unreadable() {
    return unreadable;
  }

  /** Goes to the next mail; false when there is none. */
  boolean nextMail() throws IOException, UidList.DamagedException {
    while (nextLine()) {
      int from = at;
      at = lineEnd + 1;
      if (lineEnd > from && isEntry(from)) {
        return true;
      }
    }
    return false;
  }

  private boolean isEntry(int from) throws UidList.DamagedException {
    if (!mends) {
      entry(from, lineEnd);
      return true;
    }
    boolean whole = !isCut;
    isCut = false;
    lastUid = 0;
    try {
      if (whole) {
        entry(from, lineEnd);
        return true;
      }
    } catch (UidList.DamagedException e) {
      // it is passed over
    }
    passOver(lineEnd - from);
    return false;
  }

  private void passOver(int bytes) {
    unreadable += 1 + bytes / SHORTEST;
  }

  /** The UID of the mail. */
  long uid() {
    return lastUid;
  }

  /** The array in which the line stands. */
  byte[] line() {
    return buffer;
  }

  int fieldsAt() {
    return fieldsAt;
  }

  int fieldsLength() {
    return fieldsEnd - fieldsAt;
  }

  int baseAt() {
    return baseAt;
  }

  int baseLength() {
    return baseEnd - baseAt;
  }

  /** Position of the base in the stream. */
  long basePosition() {
    return begin + baseAt;
  }

  /**
   * Brings the next line into the buffer, from {@link #at} to {@link #lineEnd}; false at the end.
   */
  private boolean nextLine() throws IOException, UidList.DamagedException {
    number++;
    for (int i = at; ; i++) {
      if (i == end) {
        if (mends && end - at > LONGEST) {
          passOver(end - at);
          at = end;
          isCut = true;
        }
        int seen = i - at;
        if (!fill()) {
          complete &= seen == 0; // a process was killed while appending
          unreadable += seen == 0 ? 0 : 1 + seen / SHORTEST;
          endsInZeros = seen > 0 && buffer[end - 1] == 0;
          return false;
        }
        i = at + seen;
      }
      if (buffer[i] == '\n') {
        lineEnd = i;
        return true;
      }
    }
  }

  private boolean fill() throws IOException, UidList.DamagedException {
    if (atEnd) {
      return false;
    }
    byte[] old = buffer;
    if (end == buffer.length && end < BUFFER) {
      buffer = new byte[BUFFER];
    }
    System.arraycopy(old, at, buffer, 0, end - at);
    begin += at;
    end -= at;
    at = 0;
    if (end > LONGEST) {
      throw damaged("it is too long");
    }
    int got = in.read(buffer, end, buffer.length - end);
    atEnd = got <= 0;
    end += Math.max(got, 0);
    return !atEnd;
  }

  private UidList.DamagedException damaged(String what) {
    return new UidList.DamagedException(number, what);
  }

  private void header(String text) throws UidList.DamagedException {
    String[] words = text.split(" ", -1);
    isVersion3 = words[0].equals("3");
    if (isVersion3) {
      version3(words);
    } else if (words[0].equals("1")) {
      version1(words);
    } else {
      throw damaged("unknown version");
    }
    if (validity == 0 || next == 0) {
      throw damaged("no UIDVALIDITY or next UID");
    }
    if (guid != null && !UidList.isGuid(guid)) {
      if (!mends) {
        throw damaged("malformed mailbox GUID");
      }
      guid = null;
    }
  }

  private void version3(String[] words) throws UidList.DamagedException {
    for (int i = 1; i < words.length; i++) {
      String value = words[i].isEmpty() ? "" : words[i].substring(1);
      switch (words[i].isEmpty() ? ' ' : words[i].charAt(0)) {
        case 'V' -> validity = number(value);
        case 'N' -> next = number(value);
        case 'G' -> guid = value;
        default -> {}
      }
    }
  }

  /** {@code 1 <validity> <next uid>}, as Courier writes it. */
  private void version1(String[] words) throws UidList.DamagedException {
    if (words.length < 3) {
      throw damaged("incomplete header");
    }
    validity = number(words[1]);
    next = number(words[2]);
  }

  private void entry(int from, int to) throws UidList.DamagedException {
    if (to - from > LONGEST) {
      throw damaged("it is too long");
    }
    long uid = 0;
    int i = from;
    while (i < to && buffer[i] >= '0' && buffer[i] <= '9' && uid <= UidList.MAX_UID) {
      uid = uid * 10 + buffer[i++] - '0';
    }
    if (uid <= lastUid || uid >= UidList.MAX_UID || i >= to || buffer[i] != ' ') {
      throw damaged("UIDs are not in ascending order");
    }
    lastUid = uid;
    fieldsAt = i + 1;
    fieldsEnd = fieldsAt;
    baseAt = i + 1;
    if (isVersion3) {
      int colon = colon(i, to);
      fieldsEnd = Math.max(fieldsAt, colon - 1);
      baseAt = colon + 1;
    }
    base(to);
  }

  /** A name may have flags behind it, which do not belong to the base. */
  private void base(int to) throws UidList.DamagedException {
    baseEnd = baseAt;
    while (baseEnd < to && buffer[baseEnd] != ':') {
      if (buffer[baseEnd++] == '/') {
        throw damaged("malformed file name");
      }
    }
    if (baseEnd == baseAt) {
      throw damaged("malformed file name");
    }
  }

  /** The position of the {@code :} after the first {@code " :"} at or after a position. */
  private int colon(int from, int to) throws UidList.DamagedException {
    for (int i = from; i + 1 < to; i++) {
      if (buffer[i] == ' ' && buffer[i + 1] == ':') {
        return i + 1;
      }
    }
    throw damaged("no file name");
  }

  private long number(String digits) throws UidList.DamagedException {
    if (!digits.matches("[0-9]{1,10}") || Long.parseLong(digits) > UidList.MAX_UID) {
      throw damaged("malformed number");
    }
    return Long.parseLong(digits);
  }
}
