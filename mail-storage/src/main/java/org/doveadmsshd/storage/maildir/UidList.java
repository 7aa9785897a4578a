package org.doveadmsshd.storage.maildir;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.doveadmsshd.storage.Mailbox;

/**
 * The content of a {@code dovecot-uidlist}, version 3.
 *
 * <pre>
 * 3 V&lt;uidvalidity&gt; N&lt;next uid&gt; G&lt;mailbox guid&gt;
 * &lt;uid&gt;[ &lt;letter&gt;&lt;value&gt;...] :&lt;base name&gt;
 * </pre>
 *
 * <p>Names are one char a byte. Immutable.
 */
final class UidList {
  static final String FILE = "dovecot-uidlist";

  /** Largest UID list that is read, in bytes: some two million mails. */
  static final int MAX_SIZE = 256 * 1024 * 1024;

  private static final long MAX_UID = 0xffffffffL;

  /** One line: the UID of a mail, and its further fields as they stand there. */
  record Entry(long uid, String fields) {
    /** The value of a field, or null. */
    String field(char letter) {
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

  /**
   * A line to be added.
   *
   * @param uid 0 for the next one; one below that becomes the next one
   * @param fields what is to be noted beside it; empty for nothing
   */
  record NewEntry(long uid, String fields, String base) {}

  /** What is wrong with the file; for people. */
  static final class DamagedException extends Exception {
    DamagedException(int line, String what) {
      super("line " + line + ": " + what);
    }
  }

  private final String header;
  private final long validity;
  private final long next;
  private final String guid;
  private final boolean complete;
  private final Map<String, Entry> entries;

  private UidList(Parser parser) throws DamagedException {
    header = parser.header;
    validity = parser.validity;
    guid = parser.guid;
    entries = parser.entries;
    complete = parser.complete;
    next = Math.max(parser.next, parser.lastUid + 1);
  }

  private UidList(long validity, long next, String guid, Map<String, Entry> entries) {
    this.header = "3 V" + validity + " N" + next + (guid == null ? "" : " G" + guid);
    this.validity = validity;
    this.next = next;
    this.guid = guid;
    this.complete = true;
    this.entries = entries;
  }

  /**
   * Reads a list.
   *
   * @throws DamagedException when it does not keep to the format; nobody may guess then
   */
  static UidList parse(byte[] content) throws DamagedException {
    Parser parser = new Parser(content);
    parser.parse();
    return new UidList(parser);
  }

  /** A list for a mailbox that has none. Dovecot writes the first UID, whatever follows. */
  static UidList create(long validity, String guid) {
    try {
      String header = "3 V" + validity + " N1 G" + guid + "\n";
      return parse(header.getBytes(StandardCharsets.ISO_8859_1));
    } catch (DamagedException e) {
      throw new IllegalStateException(e);
    }
  }

  long validity() {
    return validity;
  }

  /** Whether a text has the form of a mailbox GUID. */
  static boolean isGuid(String text) {
    boolean hex = text.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f');
    return hex && text.length() == 32;
  }

  /** The UID that the next new mail gets. */
  long next() {
    return next;
  }

  /** 32 hexadecimal digits, or null in a list that some other program wrote. */
  String guid() {
    return guid;
  }

  /** Whether the last line is whole; if not, nothing may be appended. */
  boolean isComplete() {
    return complete;
  }

  /** The entry of a mail, or null. */
  Entry entry(String base) {
    return entries.get(base);
  }

  int size() {
    return entries.size();
  }

  /** The lines that give these mails their UIDs, in order. */
  String linesFor(List<NewEntry> mails) {
    StringBuilder lines = new StringBuilder();
    long uid = next;
    for (NewEntry mail : mails) {
      uid = Math.max(uid, mail.uid());
      lines.append(uid++);
      if (!mail.fields().isEmpty()) {
        lines.append(' ').append(mail.fields());
      }
      lines.append(" :").append(mail.base()).append('\n');
    }
    return lines.toString();
  }

  /** Whether every mail in it is one of these. */
  boolean isWithin(Set<String> bases) {
    return bases.containsAll(entries.keySet());
  }

  /** The list without mails other than these. */
  UidList without(Set<String> allBut) {
    Map<String, Entry> kept = new HashMap<>(entries);
    kept.keySet().retainAll(allBut);
    return new UidList(validity, next, guid, kept);
  }

  /** The list with other numbers. */
  UidList changed(Mailbox.Update update) {
    return new UidList(
        update.uidValidity().orElse(validity),
        Math.max(next, update.uidNext().orElse(0)),
        update.guid().orElse(guid),
        entries);
  }

  /** The whole list as text, with a GUID where it had none. */
  String rewritten(String guidIfMissing) {
    StringBuilder text = new StringBuilder();
    if (guid != null) {
      text.append(header).append('\n');
    } else {
      text.append("3 V").append(validity).append(" N").append(next);
      text.append(" G").append(guidIfMissing).append('\n');
    }
    List<Map.Entry<String, Entry>> sorted = new ArrayList<>(entries.entrySet());
    sorted.sort((a, b) -> Long.compare(a.getValue().uid(), b.getValue().uid()));
    for (Map.Entry<String, Entry> entry : sorted) {
      text.append(entry.getValue().uid());
      if (!entry.getValue().fields().isEmpty()) {
        text.append(' ').append(entry.getValue().fields());
      }
      text.append(" :").append(entry.getKey()).append('\n');
    }
    return text.toString();
  }

  /** Reads the bytes line by line. */
  private static final class Parser {
    private final byte[] content;
    private int at;
    private int line = 1;
    String header;
    long validity;
    long next;
    String guid;
    boolean complete = true;
    long lastUid;
    final Map<String, Entry> entries;

    Parser(byte[] content) {
      this.content = content;
      this.entries = new HashMap<>(content.length / 32 + 16);
    }

    void parse() throws DamagedException {
      int end = lineEnd();
      if (end < 0) {
        throw new DamagedException(1, content.length == 0 ? "the file is empty" : "no whole line");
      }
      header(text(at, end));
      at = end + 1;
      while (at < content.length) {
        line++;
        end = lineEnd();
        if (end < 0) {
          complete = false; // somebody was killed while appending
          return;
        }
        if (end > at) {
          entry(end);
        }
        at = end + 1;
      }
    }

    private int lineEnd() {
      for (int i = at; i < content.length; i++) {
        if (content[i] == '\n') {
          return i;
        }
      }
      return -1;
    }

    private String text(int from, int to) {
      return new String(content, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private void header(String text) throws DamagedException {
      String[] words = text.split(" ", -1);
      if (!words[0].equals("3") && !words[0].equals("1")) {
        throw new DamagedException(1, "unknown version");
      }
      header = text;
      if (words[0].equals("1")) {
        version1(words);
        return;
      }
      for (int i = 1; i < words.length; i++) {
        String value = words[i].isEmpty() ? "" : words[i].substring(1);
        switch (words[i].isEmpty() ? ' ' : words[i].charAt(0)) {
          case 'V' -> validity = number(value);
          case 'N' -> next = number(value);
          case 'G' -> guid = value;
          default -> {}
        }
      }
      check();
    }

    /** {@code 1 <validity> <next uid>}, as Courier writes it. */
    private void version1(String[] words) throws DamagedException {
      if (words.length < 3) {
        throw new DamagedException(1, "incomplete header");
      }
      validity = number(words[1]);
      next = number(words[2]);
      check();
    }

    private void check() throws DamagedException {
      if (validity == 0 || next == 0) {
        throw new DamagedException(1, "no UIDVALIDITY or next UID");
      }
      if (guid != null && !isGuid(guid)) {
        throw new DamagedException(1, "malformed mailbox GUID");
      }
    }

    private void entry(int end) throws DamagedException {
      long uid = 0;
      int i = at;
      while (i < end && content[i] >= '0' && content[i] <= '9' && uid <= MAX_UID) {
        uid = uid * 10 + content[i++] - '0';
      }
      if (uid <= lastUid || uid >= MAX_UID || i >= end || content[i] != ' ') {
        throw new DamagedException(line, "UIDs are not in ascending order");
      }
      lastUid = uid;
      int name = i + 1;
      String fields = "";
      if (header.startsWith("3")) {
        int colon = colon(i, end);
        fields = colon > i + 1 ? text(i + 1, colon - 1) : "";
        name = colon + 1;
      }
      String base = MaildirName.base(text(name, end));
      if (base.isEmpty() || base.indexOf('/') >= 0) {
        throw new DamagedException(line, "malformed file name");
      }
      entries.put(base, new Entry(uid, fields));
    }

    /** The position of the {@code :} after the first {@code " :"} at or after a position. */
    private int colon(int from, int end) throws DamagedException {
      for (int i = from; i + 1 < end; i++) {
        if (content[i] == ' ' && content[i + 1] == ':') {
          return i + 1;
        }
      }
      throw new DamagedException(line, "no file name");
    }

    private long number(String digits) throws DamagedException {
      if (!digits.matches("[0-9]{1,10}") || Long.parseLong(digits) > MAX_UID) {
        throw new DamagedException(line, "malformed number");
      }
      return Long.parseLong(digits);
    }
  }
}
