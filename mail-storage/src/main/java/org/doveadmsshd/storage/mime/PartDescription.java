package org.doveadmsshd.storage.mime;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.storage.mime.ContentField.Parameter;
import org.doveadmsshd.storage.mime.MimeTree.Node;

/**
 * The description of a part in its header, as Dovecot understands it. Strings are one char a byte,
 * not decoded.
 */
public final class PartDescription {
  private final Node node;

  /** Null where no type is named, or the part does not say that it is MIME. */
  private final ContentField type;

  /** Describes a part. */
  public PartDescription(Node node) {
    this.node = node;
    String declared = isMultipart() ? node.first("content-type") : described("content-type");
    type = declared == null ? null : ContentField.parseType(declared);
  }

  /**
   * The parts inside it, in their order; an empty text where a multipart has none, as in BODY.
   *
   * @param number that of the empty text
   */
  public static List<Node> children(Node node, int number) {
    Part part = node.part();
    if (!part.isCalledMultipart() || !node.children().isEmpty()) {
      return node.children();
    }
    Part text = new Part(part, "text/plain");
    text.start(part.end());
    return List.of(new Node(number, text, List.of(), List.of()));
  }

  /** Whether its type says that it is made of parts, be there any or not. */
  public boolean isMultipart() {
    return node.part().isCalledMultipart();
  }

  /** Whether its body is a mail that has been read. */
  public boolean isMessage() {
    return node.part().isMessage() && !node.children().isEmpty();
  }

  /** The main type, in the case that it has in the mail; empty where it cannot be read. */
  public String mainType() {
    return type(0);
  }

  /** The subtype, in the case that it has in the mail; empty where it cannot be read. */
  public String subtype() {
    return type(1);
  }

  private String type(int which) {
    String whole = type == null ? "text/plain" : type.value();
    if (isMessage()) {
      whole = "message/rfc822";
    } else if (node.part().isCut()) {
      whole = "application/octet-stream";
    }
    String[] parts = whole.split("/", 2);
    return parts.length > which ? parts[which] : "";
  }

  /** Whether BODY says that it is text. */
  boolean isText() {
    return type == null
        ? !isMessage() && !node.part().isCut()
        : type(type).equalsIgnoreCase("text");
  }

  private static String type(ContentField type) {
    return type.value().split("/", 2)[0];
  }

  /** The parameters of its type; of a text with its charset in any case. */
  public List<Parameter> parameters() {
    List<Parameter> parameters = type == null ? List.of() : type.parameters();
    boolean named = parameters.stream().anyMatch(each -> each.name().equalsIgnoreCase("charset"));
    if (isMultipart() || !isText() || named) {
      return parameters;
    }
    List<Parameter> all = new ArrayList<>(parameters);
    all.add(new Parameter("charset", "us-ascii"));
    return all;
  }

  /** The value of a field in one line; null when there is none, or no word of MIME. */
  public String value(String name) {
    return line(described(name));
  }

  /** A field that describes a part; null when it has none, or does not say that it is MIME. */
  private String described(String name) {
    Part outer = node.part().parent();
    boolean mime =
        outer != null && outer.isCalledMultipart()
            || node.first("content-type") != null
            || node.first("mime-version") != null;
    for (HeaderField field : mime ? node.fields() : List.<HeaderField>of()) {
      if (field.isNamed(name)) {
        return field.envelopeValue();
      }
    }
    return null;
  }

  /** The first transfer encoding that is one word. */
  public String encoding() {
    if (described("content-transfer-encoding") != null) {
      for (HeaderField field : node.fields()) {
        boolean named = field.isNamed("content-transfer-encoding");
        String word = named ? ContentField.word(field.value()) : null;
        if (word != null) {
          return word;
        }
      }
    }
    return "7bit";
  }

  /** The first disposition that has parameters, or else the last. */
  public Optional<ContentField> disposition() {
    Optional<ContentField> found = Optional.empty();
    if (described("content-disposition") != null) {
      for (HeaderField field : node.fields()) {
        boolean wanted = found.isEmpty() || found.get().parameters().isEmpty();
        if (wanted && field.isNamed("content-disposition")) {
          Optional<ContentField> read = ContentField.read(field.value());
          found = read.isPresent() ? read : found;
        }
      }
    }
    return found;
  }

  /** The tags of the first language field that has some. */
  public List<String> languages() {
    List<String> tags = List.of();
    if (described("content-language") != null) {
      for (HeaderField field : node.fields()) {
        if (tags.isEmpty() && field.isNamed("content-language")) {
          tags = ContentField.atoms(field.value());
        }
      }
    }
    return tags;
  }

  /** The size of its body with CRLF line ends; nothing where it is made of parts. */
  public long size() {
    return isMultipart() ? 0 : node.part().end().virtualSince(node.part().body());
  }

  /** A value without its line breaks, else as it is; null for null. */
  static String line(String value) {
    return value == null ? null : withoutBreaks(value.replace("\0", FieldReader.REPLACEMENT));
  }

  private static String withoutBreaks(String value) {
    if (value.indexOf('\n') < 0 && value.indexOf('\r') < 0) {
      return value;
    }
    StringBuilder line = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c != '\r' && c != '\n') {
        line.append(c);
      } else if (i + 1 < value.length() && " \t\r\n".indexOf(value.charAt(i + 1)) < 0) {
        line.append(' ');
      }
    }
    return line.toString();
  }
}
