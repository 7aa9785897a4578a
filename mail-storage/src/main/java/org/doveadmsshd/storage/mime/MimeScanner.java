package org.doveadmsshd.storage.mime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Walks through a mail once, from the first byte to the last.
 *
 * <p>Boundaries are found as Dovecot finds them: a line that begins with {@code --boundary} of any
 * open multipart counts, the longest match wins, then the innermost. Structure nested deeper than
 * {@link #MAX_DEPTH}, or after {@link #MAX_PARTS} parts, is body of the part it stands in.
 */
public final class MimeScanner {
  /** Deepest nesting that is followed. */
  public static final int MAX_DEPTH = 100;

  /** Most parts that are told apart in one mail. */
  public static final int MAX_PARTS = 10_000;

  /** Longest header field that is read, in bytes; what is longer is cut off. */
  public static final int MAX_FIELD = 1024 * 1024;

  /** Size of buffer to hand to the constructor. */
  public static final int BUFFER = 64 * 1024;

  private final ByteWindow window;
  private final MimeVisitor visitor;
  private final List<Multipart> open = new ArrayList<>();
  private int parts;
  private boolean headerOnly;
  private Part lastPart;

  /** Whether a line break, or CR and a line break, stands before the delimiter last found. */
  private boolean breakBefore;

  private boolean returnBefore;

  /** Whether the delimiter last found stood in the place of the last part's body. */
  private boolean headerBroke;

  private byte lastByte;

  /** An open multipart: its boundary with the leading dashes, and what its parts are by default. */
  private record Multipart(Part part, byte[] delimiter, String defaultType) {}

  /**
   * @param buffer at least {@link #BUFFER} long; may hold the beginning of the mail; not written to
   *     when that is all of it
   * @param length how many bytes of it
   * @param rest the bytes after those; null when that was all
   */
  public MimeScanner(byte[] buffer, int length, InputStream rest, MimeVisitor visitor) {
    this.window = new ByteWindow(buffer, length, rest, visitor.wantsMarks());
    this.visitor = visitor;
  }

  /** Scans until the end or until the visitor has seen enough. */
  public void scan() throws IOException {
    int next = part(new Part(null, "text/plain"));
    while (next >= 0 && !visitor.isDone()) {
      Multipart parent = open.get(next);
      endParts(parent.part(), window.mark());
      while (open.size() > next + 1) {
        open.remove(open.size() - 1);
      }
      boolean closing = isClosing(parent);
      boolean ended = skipLine();
      breakBefore = false;
      if (closing) {
        open.remove(next);
        next = skipToDelimiter(false);
      } else if (!ended) {
        next = -1; // a delimiter that the mail breaks off in begins no part
      } else if (++parts > MAX_PARTS) {
        lastPart = parent.part(); // what follows is body of the multipart
        next = -1;
        open.clear();
        skipToDelimiter(false);
      } else {
        next = part(new Part(parent.part(), parent.defaultType()));
      }
    }
    breakBefore = false;
    endParts(null, window.mark());
  }

  /** Passes the rest of a line; false where the mail ends without a line end. */
  private boolean skipLine() throws IOException {
    while (true) {
      int end = window.lineEnd(); // or the end of the window, which a line may be longer than
      int start = window.position;
      window.position = end;
      if (end == start || window.bytes[end - 1] == '\n') {
        return end > start;
      }
    }
  }

  /**
   * Ends the last part and those it is in, up to one that goes on. The line break before a
   * delimiter is part of none of them; where it is the last one of the last part's header, it
   * belongs to the message that this is the header of.
   */
  private void endParts(Part last, Mark mark) {
    Mark before = beforeBreak(mark);
    for (Part part = lastPart; part != last && part != null; part = part.parent()) {
      part.end(part == lastPart || !headerBroke ? before : mark);
    }
    lastPart = last;
  }

  /** The place before the line break that a delimiter begins with. */
  private Mark beforeBreak(Mark delimiter) {
    if (!breakBefore) {
      return delimiter;
    }
    int size = returnBefore ? 2 : 1;
    return new Mark(
        delimiter.offset() - size,
        delimiter.lines() - 1,
        delimiter.bareLines() - (returnBefore ? 0 : 1));
  }

  /** Reads only the header of the mail. */
  public void scanHeader() throws IOException {
    headerOnly = true;
    header(new Part(null, "text/plain"));
  }

  /** Reads a part. Returns which open multipart's delimiter ended it, or -1 at the end. */
  private int part(Part first) throws IOException {
    Part part = first;
    part.start(window.mark());
    while (true) {
      lastPart = part;
      int ended = header(part);
      Mark body = ended >= 0 ? beforeBreak(window.mark()) : window.mark();
      part.body(body);
      boolean wanted = visitor.headerEnd(part);
      if (visitor.isDone()) {
        visitor.bodyEnd();
        return -1;
      }
      if (!part.isMessage()) {
        int delimiter = ended == NO_DELIMITER ? skipToDelimiter(wanted) : ended;
        visitor.bodyEnd();
        return delimiter;
      }
      part = new Part(part, "text/plain");
      part.start(body);
    }
  }

  /** From here on the delimiters of a multipart count. */
  private void enter(Part part) {
    if (part.depth() + 1 >= MAX_DEPTH) {
      part.cut();
    }
    if (part.isMultipart()) {
      byte[] delimiter = ("--" + part.boundary()).getBytes(StandardCharsets.ISO_8859_1);
      String inner = part.type().equals("multipart/digest") ? "message/rfc822" : "text/plain";
      open.add(new Multipart(part, delimiter, inner));
    }
  }

  private static final int NO_DELIMITER = -2;

  /**
   * Reads header fields up to the empty line. A delimiter that follows at once, or stands inside
   * the header, takes the line break before it from the header.
   *
   * @return that delimiter, with the position at its line; -1 when the mail ended there, else
   *     {@link #NO_DELIMITER}
   */
  private int header(Part part) throws IOException {
    FieldCollector field = new FieldCollector(part);
    boolean begun = false;
    headerBroke = false;
    while (true) {
      int end = window.lineEnd();
      int start = window.position;
      if (end == start) {
        field.finish();
        return -1;
      }
      byte first = window.bytes[start];
      boolean empty =
          first == '\n' || first == '\r' && end - start == 2 && window.bytes[start + 1] == '\n';
      int delimiter = first == '-' && !field.inLine ? delimiterAt(start, end) : -1;
      if (empty && !field.inLine || delimiter >= 0) {
        field.finish();
        if (delimiter >= 0) {
          headerBroke = begun;
          return delimiter;
        }
        passed(start, end);
        window.position = end;
        int behind = headerOnly ? NO_DELIMITER : delimiterBehindHeader(part);
        headerBroke = behind >= 0;
        return behind;
      }
      field.add(window.bytes, start, end);
      begun = true;
      passed(start, end);
      window.position = end;
    }
  }

  /** A delimiter at the very beginning of a body, if it is not the body's own. */
  private int delimiterBehindHeader(Part part) throws IOException {
    enter(part);
    if (open.isEmpty() || window.position == window.limit && !window.fill()) {
      return NO_DELIMITER;
    }
    int delimiter = window.bytes[window.position] == '-' ? delimiterAtPosition() : -1;
    return delimiter >= 0 && open.get(delimiter).part() != part ? delimiter : NO_DELIMITER;
  }

  /** Puts the lines of a field together. */
  private final class FieldCollector {
    private final Part part;
    private byte[] lines = new byte[256];
    private int length;

    /** Whether nobody wants the field at hand. */
    private boolean skipped;

    /** Whether the last piece ended inside a line. */
    private boolean inLine;

    FieldCollector(Part part) {
      this.part = part;
    }

    void add(byte[] bytes, int from, int to) {
      boolean continues = inLine || bytes[from] == ' ' || bytes[from] == '\t';
      if (!continues) {
        finish();
        boolean describes = !headerOnly && HeaderField.hasPrefix("content-", bytes, from, to);
        skipped = !describes && !visitor.wantsField(bytes, from, to);
      }
      inLine = bytes[to - 1] != '\n';
      if (skipped) {
        return;
      }
      int take = Math.min(to - from, MAX_FIELD - length);
      if (length + take > lines.length) {
        lines = Arrays.copyOf(lines, Math.max(lines.length * 2, length + take));
      }
      System.arraycopy(bytes, from, lines, length, take);
      length += take;
    }

    void finish() {
      if (length > 0) {
        HeaderField field = HeaderField.of(lines, 0, length);
        part.read(field);
        visitor.field(part, field);
        length = 0;
      }
    }
  }

  /**
   * Passes over body up to the next delimiter, telling the visitor where wanted.
   *
   * @return the index of its multipart, with the position at the delimiter's line; -1 at the end
   */
  private int skipToDelimiter(boolean wanted) throws IOException {
    boolean atLineStart = true;
    breakBefore = false;
    headerBroke = false;
    lastByte = '\n';
    while (!visitor.isDone()) {
      if (window.position == window.limit && !window.fill()) {
        return -1;
      }
      int start = window.position;
      int dashes = open.isEmpty() ? window.limit : nextDashes(start, atLineStart);
      if (wanted && dashes > start) {
        visitor.body(window.bytes, start, dashes - start);
      }
      if (dashes > start) {
        atLineStart = passed(start, dashes);
      }
      window.position = dashes;
      if (dashes < window.limit) {
        int delimiter = delimiterAtPosition();
        if (delimiter >= 0) {
          return delimiter;
        }
        int end = window.lineEnd();
        if (wanted) {
          visitor.body(window.bytes, window.position, end - window.position);
        }
        atLineStart = passed(window.position, end);
        window.position = end;
      }
    }
    return -1;
  }

  /** Notes how a piece of body ended; whether that was a line break. */
  private boolean passed(int from, int to) {
    breakBefore = window.bytes[to - 1] == '\n';
    returnBefore = to - from > 1 ? window.bytes[to - 2] == '\r' : lastByte == '\r';
    lastByte = window.bytes[to - 1];
    return breakBefore;
  }

  private int delimiterAtPosition() throws IOException {
    int end = window.lineEnd();
    return delimiterAt(window.position, end);
  }

  /**
   * The next line in the window that begins with two dashes, or with one at the window's very end;
   * the window's end when there is none.
   */
  private int nextDashes(int from, boolean atLineStart) {
    byte[] bytes = window.bytes;
    int limit = window.limit;
    if (atLineStart && bytes[from] == '-' && (from + 1 == limit || bytes[from + 1] == '-')) {
      return from;
    }
    // two dashes in a row: one of them is at every second position
    for (int i = from + 1; i < limit; i += 2) {
      if (bytes[i] == '-') {
        int dash = bytes[i - 1] == '-' ? i - 1 : i;
        boolean starts = dash > from && bytes[dash - 1] == '\n';
        if (starts && (dash + 1 == limit || bytes[dash + 1] == '-')) {
          return dash;
        }
      }
    }
    if (limit - from >= 2 && bytes[limit - 1] == '-' && bytes[limit - 2] == '\n') {
      return limit - 1;
    }
    return limit;
  }

  /**
   * The open multipart whose delimiter begins a line: one that is all of the line, with or without
   * the dashes of an end, else the longest match, then the innermost.
   */
  private int delimiterAt(int start, int end) {
    int best = -1;
    int length = 0;
    int line = lineLength(start, end);
    boolean dashes =
        line > 4 && window.bytes[start + line - 1] == '-' && window.bytes[start + line - 2] == '-';
    for (int i = open.size() - 1; i >= 0; i--) {
      byte[] delimiter = open.get(i).delimiter();
      if (delimiter.length > length
          && end - start >= delimiter.length
          && Arrays.equals(
              delimiter, 0, delimiter.length, window.bytes, start, start + delimiter.length)) {
        best = i;
        length = delimiter.length;
        if (length == line || dashes && length == line - 2) {
          return best;
        }
      }
    }
    return best;
  }

  /** Without the line break. */
  private int lineLength(int start, int end) {
    int length = end - start;
    length -= length > 0 && window.bytes[end - 1] == '\n' ? 1 : 0;
    return length - (length > 0 && window.bytes[start + length - 1] == '\r' ? 1 : 0);
  }

  private boolean isClosing(Multipart parent) throws IOException {
    int end = window.lineEnd();
    int after = window.position + parent.delimiter().length;
    return end - after >= 2 && window.bytes[after] == '-' && window.bytes[after + 1] == '-';
  }
}
