package org.doveadmsshd.storage.mime;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.doveadmsshd.storage.mime.ContentField.Parameter;
import org.doveadmsshd.storage.mime.MimeTree.Node;

/**
 * Writes IMAP's ENVELOPE, BODY and BODYSTRUCTURE (RFC 3501 section 7.4.2) without the outer
 * parentheses, in the manner of Dovecot. One char a byte.
 */
public final class BodyStructure {
  private static final String NIL = "NIL";
  private static final int MAX_ESCAPES = 4;

  /** U+FFFD in UTF-8, one char a byte. */
  private static final String NUL = "\u00ef\u00bf\u00bd";

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
    text(mail.last("date")).append(' ');
    text(mail.last("subject")).append(' ');
    List<MailAddress> from = addressesOf(mail, "from");
    addresses(from).append(' ');
    addresses(or(addressesOf(mail, "sender"), from)).append(' ');
    addresses(or(addressesOf(mail, "reply-to"), from)).append(' ');
    addresses(addressesOf(mail, "to")).append(' ');
    addresses(addressesOf(mail, "cc")).append(' ');
    addresses(addressesOf(mail, "bcc")).append(' ');
    text(mail.last("in-reply-to")).append(' ');
    text(mail.last("message-id"));
  }

  /** The addresses of all fields of a name. */
  private static List<MailAddress> addressesOf(Node mail, String name) {
    List<MailAddress> addresses = new ArrayList<>();
    for (HeaderField field : mail.fields()) {
      if (field.isNamed(name)) {
        addresses.addAll(MailAddress.parse(field.value()));
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
      text(address.name()).append(' ');
      string(address.route()).append(' ');
      boolean group = address.domain() == null;
      string(missing(address.mailbox(), group, "MISSING_MAILBOX")).append(' ');
      string(missing(address.domain(), group, "MISSING_DOMAIN")).append(')');
    }
    return out.append(')');
  }

  private static String missing(String text, boolean group, String otherwise) {
    return !group && text.isEmpty() ? otherwise : text;
  }

  private void part(Node node) {
    if (node.part().type().startsWith("multipart/")) {
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
    ContentField type = ContentField.parse(node.last("content-type"));
    out.append(' ');
    string(subtype(type));
    if (extended) {
      out.append(' ');
      parameters(type.parameters(), false);
      common(node);
    }
  }

  private void single(Node node) {
    String declared = node.last("content-type");
    ContentField type = declared == null ? null : ContentField.parse(declared);
    boolean message = node.part().isMessage() && !node.children().isEmpty();
    boolean text = node.part().type().startsWith("text/");
    if (message) {
      out.append("\"message\" \"rfc822\"");
    } else if (type == null) {
      out.append("\"text\" \"plain\"");
    } else {
      string(type.value().split("/", 2)[0]).append(' ');
      string(subtype(type));
    }
    out.append(' ');
    parameters(type == null ? List.of() : type.parameters(), text);
    text(out.append(' '), node.last("content-id"));
    text(out.append(' '), node.last("content-description"));
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
      text(out.append(' '), node.last("content-md5"));
      common(node);
    }
  }

  private static String subtype(ContentField type) {
    int slash = type.value().indexOf('/');
    return slash < 0 ? "" : type.value().substring(slash + 1);
  }

  private static String encoding(Node node) {
    String declared = node.last("content-transfer-encoding");
    String word = declared == null ? "" : HeaderText.unfold(declared).strip();
    return word.matches("[!#$%&'*+.^_`{|}~0-9A-Za-z-]+") ? word : "7bit";
  }

  /** Disposition, language, location: what parts of all kinds end with. */
  private void common(Node node) {
    String disposition = node.last("content-disposition");
    if (disposition == null || ContentField.parse(disposition).value().isEmpty()) {
      out.append(' ').append(NIL);
    } else {
      ContentField field = ContentField.parse(disposition);
      out.append(" (");
      string(field.value()).append(' ');
      parameters(field.parameters(), false);
      out.append(')');
    }
    String language = node.last("content-language");
    out.append(' ');
    if (language == null || language.isBlank()) {
      out.append(NIL);
    } else {
      String before = "(";
      for (String tag : HeaderText.unfold(language).strip().split("[ \\t]*,[ \\t]*")) {
        string(out.append(before), tag);
        before = " ";
      }
      out.append(')');
    }
    text(out.append(' '), node.last("content-location"));
  }

  private void parameters(List<Parameter> parameters, boolean defaultCharset) {
    boolean charset =
        parameters.stream()
            .anyMatch(each -> each.name().toLowerCase(Locale.ROOT).equals("charset"));
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

  private StringBuilder text(String value) {
    return text(out, value);
  }

  /** A field value on one line, or NIL; a literal where it is not plain, as Dovecot sends it. */
  private static StringBuilder text(StringBuilder out, String value) {
    if (value == null) {
      return out.append(NIL);
    }
    String line = value.replace("\0", NUL).replaceAll("[ \t\r\n]+", " ").replaceAll("^ | $", "");
    boolean plain = line.equals(value) && value.chars().allMatch(BodyStructure::isPlain);
    return plain ? out.append('"').append(line).append('"') : literal(out, line);
  }

  private static boolean isPlain(int c) {
    return c < 0x80 && c != '"' && c != '\\';
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
