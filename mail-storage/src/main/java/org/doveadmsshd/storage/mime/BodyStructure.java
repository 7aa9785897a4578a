package org.doveadmsshd.storage.mime;

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
  private static final List<String> ADDRESSES =
      List.of("from", "sender", "reply-to", "to", "cc", "bcc");

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
    Envelope envelope = new Envelope(mail);
    string(envelope.value("date")).append(' ');
    humane(envelope.folded("subject")).append(' ');
    for (String name : ADDRESSES) {
      addresses(envelope.addresses(name)).append(' ');
    }
    string(envelope.value("in-reply-to")).append(' ');
    string(envelope.value("message-id"));
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
    for (Node child : PartDescription.children(node, 0)) {
      out.append('(');
      part(child);
      out.append(')');
    }
    PartDescription description = new PartDescription(node);
    out.append(' ');
    string(description.subtype());
    if (extended) {
      out.append(' ');
      parameters(description.parameters());
      common(description);
    }
  }

  private void single(Node node) {
    PartDescription description = new PartDescription(node);
    string(description.mainType()).append(' ');
    string(description.subtype()).append(' ');
    parameters(description.parameters());
    string(out.append(' '), description.value("content-id"));
    string(out.append(' '), description.value("content-description"));
    out.append(' ');
    string(description.encoding()).append(' ').append(description.size());
    long lines = node.part().end().linesSince(node.part().body());
    if (description.isText()) {
      out.append(' ').append(lines);
    } else if (description.isMessage()) {
      Node inner = node.children().get(0);
      out.append(" (");
      writeEnvelope(inner);
      out.append(") (");
      part(inner);
      out.append(") ").append(lines);
    }
    if (extended) {
      string(out.append(' '), description.value("content-md5"));
      common(description);
    }
  }

  /** Disposition, language, location: what parts of all kinds end with. */
  private void common(PartDescription description) {
    out.append(' ');
    Optional<ContentField> disposition = description.disposition();
    if (disposition.isPresent()) {
      string(out.append('('), disposition.get().value()).append(' ');
      parameters(disposition.get().parameters());
      out.append(')');
    } else {
      out.append(NIL);
    }
    out.append(' ');
    languages(description.languages());
    string(out.append(' '), description.value("content-location"));
  }

  private void languages(List<String> tags) {
    String before = "(";
    for (String tag : tags) {
      string(out.append(before), tag);
      before = " ";
    }
    out.append(tags.isEmpty() ? NIL : ")");
  }

  private void parameters(List<Parameter> parameters) {
    String before = "(";
    for (Parameter parameter : parameters) {
      string(out.append(before), parameter.name()).append(' ');
      string(parameter.value());
      before = " ";
    }
    out.append(parameters.isEmpty() ? NIL : ")");
  }

  /** A text for people: with single spaces; a literal where it is not plain; NIL for null. */
  private StringBuilder humane(String value) {
    if (value == null) {
      return out.append(NIL);
    }
    String text = value.replace("\0", FieldReader.REPLACEMENT);
    String line = Envelope.compressed(text);
    boolean plain = text.chars().allMatch(c -> c < 0x80 && c != '"' && c != '\\');
    boolean quoted = line.isEmpty() || plain && line.equals(text);
    return quoted ? out.append('"').append(line).append('"') : literal(out, line);
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
