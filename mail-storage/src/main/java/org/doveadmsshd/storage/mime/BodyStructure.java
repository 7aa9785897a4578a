package org.doveadmsshd.storage.mime;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.storage.mime.ContentField.Parameter;
import org.doveadmsshd.storage.mime.MimeTree.Node;

/**
 * Writes IMAP's ENVELOPE, BODY and BODYSTRUCTURE (RFC 3501 section 7.4.2) without the outer
 * parentheses, in the manner of Dovecot. One char a byte.
 */
public final class BodyStructure {
  private static final String NIL = "NIL";
  private static final int MAX_ESCAPES = 4;

  private final boolean extended;
  private final StringBuilder out = new StringBuilder();

  private BodyStructure(boolean extended) {
    this.extended = extended;
  }

  /** BODY, or BODYSTRUCTURE where {@code extended}. */
  public static String of(Node mail, boolean extended) {
    BodyStructure structure = new BodyStructure(extended);
    structure.part(mail);
    return structure.out.toString();
  }

  /** ENVELOPE. */
  public static String envelope(Node mail) {
    BodyStructure structure = new BodyStructure(false);
    structure.writeEnvelope(mail);
    return structure.out.toString();
  }

  private void writeEnvelope(Node mail) {
    line(envelopeValue(mail, "date")).append(' ');
    humane(envelopeValue(mail, "subject")).append(' ');
    List<MailAddress> from = addressesOf(mail, "from");
    addresses(from).append(' ');
    addresses(or(addressesOf(mail, "sender"), from)).append(' ');
    addresses(or(addressesOf(mail, "reply-to"), from)).append(' ');
    addresses(addressesOf(mail, "to")).append(' ');
    addresses(addressesOf(mail, "cc")).append(' ');
    addresses(addressesOf(mail, "bcc")).append(' ');
    line(envelopeValue(mail, "in-reply-to")).append(' ');
    line(envelopeValue(mail, "message-id"));
  }

  /** Of several fields the last; null when there is none. */
  private static String envelopeValue(Node mail, String name) {
    String value = null;
    for (HeaderField field : mail.fields()) {
      value = field.isNamed(name) ? field.envelopeValue() : value;
    }
    return value;
  }

  /** The addresses of all fields of a name. */
  private static List<MailAddress> addressesOf(Node mail, String name) {
    List<MailAddress> addresses = new ArrayList<>();
    for (HeaderField field : mail.fields()) {
      if (field.isNamed(name)) {
        addresses.addAll(MailAddress.parseFilled(field.value()));
      }
    }
    return addresses;
  }

  private static List<MailAddress> or(List<MailAddress> own, List<MailAddress> otherwise) {
    return own.isEmpty() ? otherwise : own;
  }

  private StringBuilder addresses(List<MailAddress> addresses) {
    if (addresses.isEmpty()) {
      return out.append(NIL);
    }
    out.append('(');
    for (MailAddress address : addresses) {
      out.append('(');
      humane(address.name()).append(' ');
      string(address.route()).append(' ');
      string(address.mailbox()).append(' ');
      string(address.domain()).append(')');
    }
    return out.append(')');
  }

  private void part(Node node) {
    if (node.part().isCalledMultipart()) {
      multipart(node);
    } else {
      single(node);
    }
  }

  private void multipart(Node node) {
    if (node.children().isEmpty()) {
      out.append("(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 0 0");
      out.append(extended ? " NIL NIL NIL NIL)" : ")");
    }
    for (Node child : node.children()) {
      out.append('(');
      part(child);
      out.append(')');
    }
    ContentField type = ContentField.parseType(node.first("content-type"));
    out.append(' ');
    string(subtype(type));
    if (extended) {
      out.append(' ');
      parameters(type.parameters(), false);
      common(node);
    }
  }

  private void single(Node node) {
    String declared = described(node, "content-type");
    ContentField type = declared == null ? null : ContentField.parseType(declared);
    boolean message = node.part().isMessage() && !node.children().isEmpty();
    boolean cut = node.part().isCut();
    boolean text = type == null ? !message && !cut : mainType(type).equalsIgnoreCase("text");
    if (message) {
      out.append("\"message\" \"rfc822\"");
    } else if (cut) {
      out.append("\"application\" \"octet-stream\"");
    } else if (type == null) {
      out.append("\"text\" \"plain\"");
    } else {
      string(mainType(type)).append(' ');
      string(subtype(type));
    }
    out.append(' ');
    parameters(type == null ? List.of() : type.parameters(), text);
    line(out.append(' '), described(node, "content-id"));
    line(out.append(' '), described(node, "content-description"));
    out.append(' ');
    string(encoding(node)).append(' ');
    out.append(node.part().end().virtualSince(node.part().body()));
    long lines = node.part().end().linesSince(node.part().body());
    if (text) {
      out.append(' ').append(lines);
    } else if (message) {
      Node inner = node.children().get(0);
      out.append(" (");
      writeEnvelope(inner);
      out.append(") (");
      part(inner);
      out.append(") ").append(lines);
    }
    if (extended) {
      line(out.append(' '), described(node, "content-md5"));
      common(node);
    }
  }

  /** A field that describes a part; null when it has none, or does not say that it is MIME. */
  private static String described(Node node, String name) {
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

  private static String mainType(ContentField type) {
    int slash = type.value().indexOf('/');
    return slash < 0 ? type.value() : type.value().substring(0, slash);
  }

  private static String subtype(ContentField type) {
    int slash = type.value().indexOf('/');
    return slash < 0 ? "" : type.value().substring(slash + 1);
  }

  /** The first that is one word. */
  private static String encoding(Node node) {
    if (described(node, "content-transfer-encoding") != null) {
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

  /** Disposition, language, location: what parts of all kinds end with. */
  private void common(Node node) {
    out.append(' ');
    disposition(node);
    out.append(' ');
    language(node);
    line(out.append(' '), described(node, "content-location"));
  }

  /** The first that has parameters, or else the last. */
  private void disposition(Node node) {
    Optional<ContentField> found = Optional.empty();
    if (described(node, "content-disposition") != null) {
      for (HeaderField field : node.fields()) {
        boolean wanted = found.isEmpty() || found.get().parameters().isEmpty();
        if (wanted && field.isNamed("content-disposition")) {
          Optional<ContentField> read = ContentField.read(field.value());
          found = read.isPresent() ? read : found;
        }
      }
    }
    if (found.isEmpty()) {
      out.append(NIL);
      return;
    }
    string(out.append('('), found.get().value()).append(' ');
    parameters(found.get().parameters(), false);
    out.append(')');
  }

  /** The tags of the first that has some. */
  private void language(Node node) {
    List<String> tags = new ArrayList<>();
    if (described(node, "content-language") != null) {
      for (HeaderField field : node.fields()) {
        if (tags.isEmpty() && field.isNamed("content-language")) {
          tags = ContentField.atoms(field.value());
        }
      }
    }
    String before = "(";
    for (String tag : tags) {
      string(out.append(before), tag);
      before = " ";
    }
    out.append(tags.isEmpty() ? NIL : ")");
  }

  private void parameters(List<Parameter> parameters, boolean defaultCharset) {
    boolean charset = parameters.stream().anyMatch(each -> each.name().equalsIgnoreCase("charset"));
    if (parameters.isEmpty() && !defaultCharset) {
      out.append(NIL);
      return;
    }
    String before = "(";
    for (Parameter parameter : parameters) {
      string(out.append(before), parameter.name()).append(' ');
      string(parameter.value());
      before = " ";
    }
    if (defaultCharset && !charset) {
      out.append(before).append("\"charset\" \"us-ascii\"");
    }
    out.append(')');
  }

  private StringBuilder line(String value) {
    return line(out, value);
  }

  /** A value without its line breaks, else as it is; NIL for null. */
  private static StringBuilder line(StringBuilder out, String value) {
    return string(
        out, value == null ? null : withoutBreaks(value.replace("\0", FieldReader.REPLACEMENT)));
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

  /** A text for people: with single spaces; a literal where it is not plain; NIL for null. */
  private StringBuilder humane(String value) {
    if (value == null) {
      return out.append(NIL);
    }
    String text = value.replace("\0", FieldReader.REPLACEMENT);
    String line = compressed(text);
    boolean plain = text.chars().allMatch(c -> c < 0x80 && c != '"' && c != '\\');
    boolean quoted = line.isEmpty() || plain && line.equals(text);
    return quoted ? out.append('"').append(line).append('"') : literal(out, line);
  }

  /** With every run of white space made one space, and none at the ends. */
  private static String compressed(String text) {
    StringBuilder compressed = new StringBuilder(text.length());
    boolean space = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        space = compressed.length() > 0;
      } else {
        compressed.append(space ? " " : "").append(c);
        space = false;
      }
    }
    return compressed.toString();
  }

  private static StringBuilder literal(StringBuilder out, String value) {
    return out.append('{').append(value.length()).append("}\r\n").append(value);
  }

  private StringBuilder string(String value) {
    return string(out, value);
  }

  /** A quoted string; a literal where it has what cannot be quoted; NIL for null. */
  private static StringBuilder string(StringBuilder out, String value) {
    if (value == null) {
      return out.append(NIL);
    }
    long escapes = value.chars().filter(c -> c == '"' || c == '\\').count();
    boolean quotable = value.chars().allMatch(c -> c < 0x80 && c != '\r' && c != '\n' && c != 0);
    if (!quotable || escapes > MAX_ESCAPES) {
      return literal(out, value);
    }
    return out.append('"').append(value.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
  }
}
