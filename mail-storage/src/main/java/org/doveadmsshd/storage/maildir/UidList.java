package org.doveadmsshd.storage.maildir;

import java.nio.charset.StandardCharsets;
import org.doveadmsshd.storage.Mailbox;

/**
 * What a {@code dovecot-uidlist}, version 3, says of the mailbox as a whole.
 *
 * <pre>
 * 3 V&lt;uidvalidity&gt; N&lt;next uid&gt; G&lt;mailbox guid&gt;
 * &lt;uid&gt;[ &lt;letter&gt;&lt;value&gt;...] :&lt;base name&gt;
 * </pre>
 *
 * <p>The lines of its mails go by in a {@link UidListReader} and are noted in {@link MailTable}s:
 * there may be more of them than memory has room for.
 *
 * @param next the UID that the next new mail gets
 * @param guid 32 hexadecimal digits, or null in a list that some other program wrote
 * @param complete whether the last line is whole; if not, nothing may be appended
 * @param strangers how many lines are of mails that are in none of the tables
 */
record UidList(long validity, long next, String guid, boolean complete, long strangers) {
  static final String FILE = "dovecot-uidlist";

  /** No UID is as large as that. */
  static final long MAX_UID = 0xffffffffL;

  /** The mistake in the file, for people. */
  static final class DamagedException extends Exception {
    DamagedException(long line, String what) {
      super("line " + line + ": " + what);
    }
  }

  /** A list for a mailbox that has none. Dovecot writes the first UID, whatever follows. */
  static UidList create(long validity, String guid) {
    return new UidList(validity, 1, guid, true, 0);
  }

  /** Whether a text has the form of a mailbox GUID. */
  static boolean isGuid(String text) {
    boolean hex = text.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f');
    return hex && text.length() == 32;
  }

  /** Whether this many mails can get UIDs. */
  boolean hasRoomFor(long mails) {
    return next + mails <= MAX_UID;
  }

  /** The list with other numbers. */
  UidList changed(Mailbox.Update update) {
    return new UidList(
        update.uidValidity().orElse(validity),
        Math.max(next, update.uidNext().orElse(0)),
        update.guid().orElse(guid),
        complete,
        strangers);
  }

  /** The list with a GUID. */
  UidList identified(String newGuid) {
    return new UidList(validity, next, newGuid, complete, strangers);
  }

  /** The list when it has been written up to a UID. */
  UidList written(long newNext) {
    return new UidList(validity, newNext, guid, true, strangers);
  }

  /** The first line. */
  byte[] header() {
    String header = "3 V" + validity + " N" + next + " G" + guid + "\n";
    return header.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The value of a field among those that are noted beside a mail, or null. */
  static String field(String fields, char letter) {
    for (int at = 0; at < fields.length(); ) {
      int end = fields.indexOf(' ', at);
      end = end < 0 ? fields.length() : end;
      if (end > at && fields.charAt(at) == letter) {
        return fields.substring(at + 1, end);
      }
      at = end + 1;
    }
    return null;
  }
}
