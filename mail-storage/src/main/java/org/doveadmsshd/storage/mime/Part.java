package org.doveadmsshd.storage.mime;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.james.mime4j.stream.NameValuePair;
import org.apache.james.mime4j.stream.ParserCursor;
import org.apache.james.mime4j.stream.RawBody;
import org.apache.james.mime4j.stream.RawFieldParser;
import org.apache.james.mime4j.util.ByteArrayBuffer;

/** What the header of a part says of its body; filled in while the header is read. */
public final class Part {
  /** How a body is wrapped for transport. */
  public enum Encoding {
    NONE,
    BASE64,
    QUOTED_PRINTABLE,
    /** Nobody can tell what the body says. */
    UNKNOWN
  }

  private final Part parent;
  private final int depth;
  private String type;
  private String charset = "us-ascii";
  private String boundary;
  private Encoding encoding = Encoding.NONE;
  private Mark start = Mark.START;
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

  void body(Mark mark) {
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

  /** Lower case, {@code text/plain}. */
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

  /** Whether its body is a mail of its own. */
  public boolean isMessage() {
    return type.equals("message/rfc822");
  }

  /** Whether its body is made of parts. */
  public boolean isMultipart() {
    return type.startsWith("multipart/") && boundary != null;
  }

  /** Whether a search in bodies looks into this one. */
  public boolean isText() {
    return type.startsWith("text/") || type.startsWith("message/");
  }

  void read(HeaderField field) {
    switch (field.lowerName()) {
      case "content-type" -> readType(field.value());
      case "content-transfer-encoding" -> readEncoding(field.value());
      default -> {}
    }
  }

  private void readType(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayBuffer buffer = new ByteArrayBuffer(bytes, true);
    RawBody body = RawFieldParser.DEFAULT.parseRawBody(buffer, new ParserCursor(0, bytes.length));
    String named = body.getValue() == null ? "" : body.getValue().toLowerCase(Locale.ROOT);
    if (named.indexOf('/') > 0) {
      type = named.strip();
    }
    for (NameValuePair parameter : body.getParams()) {
      String content = parameter.getValue() == null ? "" : parameter.getValue();
      switch (parameter.getName().toLowerCase(Locale.ROOT)) {
        case "boundary" -> boundary = content.isEmpty() ? null : content;
        case "charset" -> charset = content.toLowerCase(Locale.ROOT);
        default -> {}
      }
    }
  }

  private void readEncoding(String value) {
    String word = value.strip().toLowerCase(Locale.ROOT);
    encoding =
        switch (word) {
          case "", "7bit", "8bit", "binary" -> Encoding.NONE;
          case "base64" -> Encoding.BASE64;
          case "quoted-printable" -> Encoding.QUOTED_PRINTABLE;
          default -> Encoding.UNKNOWN;
        };
  }
}
