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

  /** Longest header field that is read, in bytes; the rest is cut off. */
  public static final int MAX_FIELD = 1024 * 1024;

  /** Size of buffer to hand to the constructor. */
  public static final int BUFFER = 64 * 1024;

  /** What may begin a delimiter, with the line break before it. */
  private static final BytePattern LINE_OF_DASHES = new BytePattern("\n--", 0, 2);

  private final ByteWindow window;
  private final MimeVisitor visitor;
  private final List<Multipart> open = new ArrayList<>();
  private final HeldBreak lineBreak = new HeldBreak();
  private State state = State.START;
  private int parts;
  private boolean headerOnly;
  private Part lastPart;

  /** The fields of the header that is being read, with the part it belongs to. */
  private FieldCollector fields;

  /** Whether that header has a line that is not empty. */
  private boolean begun;

  /** Whether the visitor has been told of a body that is not over, and whether it wants it. */
  private boolean inBody;

  private boolean wanted;
  private boolean atLineStart;

  /** The index of the multipart whose delimiter comes next. */
  private int delimiter;

  /** Whether a line break, or CR and a line break, stands before the delimiter last found. */
  private boolean breakBefore;

  private boolean returnBefore;

  /** Whether the delimiter last found stood in the place of the last part's body. */
  private boolean headerBroke;

  private byte lastByte;

  /** What comes next. */
  private enum State {
    START,
    HEADER,
    BODY,
    DELIMITER,
    END
  }

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
    while (step()) {
      // until that was all
    }
  }

  /** Reads only the header of the mail. */
  public void scanHeader() throws IOException {
    headerOnly = true;
    scan();
  }

  /**
   * Reads a little further: a line of a header, a piece of a body, a delimiter.
   *
   * @return false when there is nothing left that the visitor wants
   */
  boolean step() throws IOException {
    switch (state) {
      case START -> begin(new Part(null, "text/plain"), window.mark());
      case HEADER -> headerLine();
      case BODY -> bodyPiece();
      case DELIMITER -> pass(open.get(delimiter));
      case END -> {
        return false;
      }
    }
    if (visitor.isDone() && state != State.END) {
      bodyEnd();
      end();
    }
    return state != State.END;
  }

  private void end() {
    breakBefore = false;
    endParts(null, window.mark());
    state = State.END;
  }

  /** Passes over a delimiter. */
  private void pass(Multipart parent) throws IOException {
    endParts(parent.part(), window.mark());
    while (open.size() > delimiter + 1) {
      open.remove(open.size() - 1);
    }
    boolean closing = isClosing(parent);
    boolean ended = skipLine();
    if (closing) {
      open.remove(delimiter);
      beginBody(false);
    } else if (!ended) {
      end(); // a delimiter that the mail breaks off in begins no part
    } else if (++parts > MAX_PARTS) {
      lastPart = parent.part(); // what follows is body of the multipart
      open.clear();
      beginBody(false);
    } else {
      begin(new Part(parent.part(), parent.defaultType()), window.mark());
    }
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

  /** Begins a part; its header comes next. */
  private void begin(Part part, Mark start) {
    part.start(start);
    lastPart = part;
    fields = new FieldCollector(part);
    begun = false;
    headerBroke = false;
    state = State.HEADER;
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
   * Reads a line of a header. An empty one ends it. So does a delimiter, which takes the line break
   * before it from the header, also where it follows an empty line at once.
   */
  private void headerLine() throws IOException {
    int end = window.lineEnd();
    int start = window.position;
    if (end == start) {
      headerEnd(-1);
      return;
    }
    byte first = window.bytes[start];
    boolean empty =
        first == '\n' || first == '\r' && end - start == 2 && window.bytes[start + 1] == '\n';
    int found = first == '-' && !fields.inLine ? delimiterAt(start, end) : -1;
    if (found >= 0) {
      headerBroke = begun;
      headerEnd(found);
      return;
    }
    boolean last = empty && !fields.inLine;
    if (!last) {
      fields.add(window.bytes, start, end);
      begun = true;
    }
    passed(start, end);
    window.position = end;
    if (last) {
      fields.finish();
      fields.part.endHeader();
      int behind = headerOnly ? NO_DELIMITER : delimiterBehindHeader(fields.part);
      headerBroke = behind >= 0;
      headerEnd(behind);
    }
  }

  /**
   * Goes on behind a header.
   *
   * @param found the multipart at whose delimiter it ended; -1 when the mail ended there, else
   *     {@link #NO_DELIMITER}
   */
  private void headerEnd(int found) {
    fields.finish();
    if (headerOnly) {
      state = State.END;
      return;
    }
    Part part = fields.part;
    Mark behind = window.mark();
    Mark body = found >= 0 ? beforeBreak(behind) : behind;
    part.body(body, behind);
    boolean asked = visitor.headerEnd(part);
    inBody = true;
    if (visitor.isDone()) {
      return;
    }
    if (part.isMessage()) {
      inBody = false;
      begin(new Part(part, "text/plain"), body);
    } else if (found == NO_DELIMITER) {
      beginBody(asked);
    } else {
      bodyEnd();
      goOn(found);
    }
  }

  private void bodyEnd() {
    if (inBody) {
      inBody = false;
      visitor.bodyEnd();
    }
  }

  /** Goes on at the delimiter of a multipart, or ends where there is none. */
  private void goOn(int next) {
    if (next < 0) {
      end();
    } else {
      delimiter = next;
      state = State.DELIMITER;
    }
  }

  /** A delimiter at the very beginning of a body, if it is not the body's own. */
  private int delimiterBehindHeader(Part part) throws IOException {
    enter(part);
    if (open.isEmpty() || window.position == window.limit && !window.fill()) {
      return NO_DELIMITER;
    }
    if (window.bytes[window.position] != '-') {
      return NO_DELIMITER;
    }
    int end = window.lineEnd(); // may move what is in the window
    int found = delimiterAt(window.position, end);
    return found >= 0 && open.get(found).part() != part ? found : NO_DELIMITER;
  }

  /** Puts the lines of a field together. */
  private final class FieldCollector {
    private final Part part;
    private byte[] lines = new byte[256];
    private int length;

    /** Whether the field at hand is not needed. */
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

  private void beginBody(boolean isWanted) {
    wanted = isWanted;
    atLineStart = true;
    breakBefore = false;
    headerBroke = false;
    lastByte = '\n';
    lineBreak.forget();
    state = State.BODY;
  }

  /** Passes over body up to the next line that may be a delimiter, or over that line. */
  private void bodyPiece() throws IOException {
    if (window.position == window.limit && !window.fill()) {
      if (wanted) {
        lineBreak.tell(visitor);
      }
      bodyEnd();
      goOn(-1);
      return;
    }
    int start = window.position;
    int dashes = open.isEmpty() ? window.limit : nextDashes(start, atLineStart);
    if (dashes > start) {
      passBody(dashes);
    }
    if (dashes < window.limit) {
      int end = window.lineEnd(); // may move what is in the window
      int found = delimiterAt(window.position, end);
      if (found >= 0) {
        bodyEnd();
        goOn(found);
      } else {
        passBody(end);
      }
    }
  }

  /** Passes over a piece of body, telling the visitor where wanted. */
  private void passBody(int end) {
    int start = window.position;
    if (wanted && open.isEmpty()) {
      visitor.body(window.bytes, start, end - start);
    } else if (wanted) {
      lineBreak.tellBefore(visitor, window.bytes, start, end);
    }
    atLineStart = passed(start, end);
    window.position = end;
  }

  /** Notes how a piece of body ended; whether that was a line break. */
  private boolean passed(int from, int to) {
    breakBefore = window.bytes[to - 1] == '\n';
    returnBefore = to - from > 1 ? window.bytes[to - 2] == '\r' : lastByte == '\r';
    lastByte = window.bytes[to - 1];
    return breakBefore;
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
    int found = LINE_OF_DASHES.find(bytes, from, limit);
    if (found >= 0) {
      return found + 1;
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
