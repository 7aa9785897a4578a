package org.doveadmsshd.storage.mime;

import java.util.Locale;
import org.doveadmsshd.storage.mime.FieldReader.Next;

/** The facts in the header of a part about its body; filled in while the header is read. */
public final class Part {
  /** How a body is wrapped for transport. */
  public enum Encoding {
    NONE,
    BASE64,
    QUOTED_PRINTABLE,
    /** The body cannot be decoded. */
    UNKNOWN
  }

  /** Of longer boundaries the beginning counts. */
  static final int MAX_BOUNDARY = 80;

  private final Part parent;
  private final int depth;
  private String type;
  private String charset = "us-ascii";
  private String boundary;
  private boolean typed;
  private boolean headerEnded;
  private boolean cut;

  /** Whether a search would look into it by what the last of several types says. */
  private boolean searched;

  private Encoding encoding = Encoding.NONE;
  private Mark start = Mark.START;
  private Mark headerEnd = Mark.START;
  private Mark body = Mark.START;
  private Mark end = Mark.START;

  /**
   * @param parent null for the mail itself
   * @param defaultType for a header that names none: text/plain, in a digest message/rfc822
   */
  Part(Part parent, String defaultType) {
    this.parent = parent;
    this.depth = parent == null ? 0 : parent.depth + 1;
    this.type = defaultType;
    this.searched = true;
  }

  /** The multipart or message it is in; null for the mail itself. */
  public Part parent() {
    return parent;
  }

  /** Where its header begins. */
  public Mark start() {
    return start;
  }

  /** Where its body begins. */
  public Mark body() {
    return body;
  }

  /** Where its body ends: the line break before a delimiter is not part of it. */
  public Mark end() {
    return end;
  }

  void start(Mark mark) {
    start = mark;
    body = mark;
    end = mark;
  }

  /**
   * Where its header ends, with or without a delimiter. The line break before a delimiter, also
   * that of the empty line, belongs to the delimiter and not to the part.
   */
  Mark headerEnd() {
    return headerEnd;
  }

  void body(Mark mark, Mark behindHeader) {
    headerEnd = behindHeader;
    body = mark;
    end = mark;
  }

  void end(Mark mark) {
    end = mark.offset() < body.offset() ? body : mark;
  }

  /** 0 for the mail itself, 1 for its parts, and so on. */
  public int depth() {
    return depth;
  }

  /** Lower case, {@code text/plain}; a main type alone, or empty, where no type can be read. */
  public String type() {
    return type;
  }

  /** As named in the mail, in lower case. */
  public String charset() {
    return charset;
  }

  public Encoding encoding() {
    return encoding;
  }

  /** Null where the part has none. */
  String boundary() {
    return boundary;
  }

  /** An empty line has come. */
  void endHeader() {
    headerEnded = true;
  }

  /** Whether an empty line ends its header, and not a delimiter or the mail. */
  boolean hasHeaderEnd() {
    return headerEnded;
  }

  /** Its structure is not followed any further. */
  void cut() {
    cut = isMessage() || isCalledMultipart();
  }

  /** Whether it has parts that are not told apart as they are nested too deep. */
  boolean isCut() {
    return cut;
  }

  /** Whether its body is a mail of its own. */
  public boolean isMessage() {
    return type.equals("message/rfc822") && !cut;
  }

  /** Whether its body is made of parts. */
  public boolean isMultipart() {
    return isCalledMultipart() && boundary != null;
  }

  /** Whether it claims to be made of parts, be there a boundary or not. */
  boolean isCalledMultipart() {
    return type.startsWith("multipart/") && !cut;
  }

  /** Whether a search in bodies looks into this one: text and messages. */
  public boolean isText() {
    return searched && !isCalledMultipart();
  }

  /** Of several types the first counts, of several encodings the last, as in Dovecot. */
  void read(HeaderField field) {
    if (field.isNamed("content-type")) {
      readType(field.value());
    } else if (field.isNamed("content-transfer-encoding")) {
      encoding = encoding(field.value());
    }
  }

  private void readType(String value) {
    ContentField field = ContentField.parseType(value);
    String named = field.value().toLowerCase(Locale.ROOT);
    searched = named.startsWith("text/") || named.startsWith("message/");
    if (typed) {
      return;
    }
    typed = true;
    type = named;
    String declared = field.parameter("charset");
    charset = declared == null ? charset : declared.toLowerCase(Locale.ROOT);
    boundary = isCalledMultipart() ? field.parameter("boundary") : null;
    if (boundary != null && boundary.length() > MAX_BOUNDARY) {
      boundary = boundary.substring(0, MAX_BOUNDARY);
    }
  }

  /** Text behind a semicolon is ignored. */
  private static Encoding encoding(String value) {
    FieldReader in = new FieldReader(value);
    StringBuilder word = new StringBuilder();
    in.skipSpace();
    if (in.token(word) == Next.MORE && !in.is(';')) {
      return Encoding.UNKNOWN;
    }
    return switch (word.toString().toLowerCase(Locale.ROOT)) {
      case "7bit", "8bit", "binary" -> Encoding.NONE;
      case "base64" -> Encoding.BASE64;
      case "quoted-printable" -> Encoding.QUOTED_PRINTABLE;
      default -> Encoding.UNKNOWN;
    };
  }
}
