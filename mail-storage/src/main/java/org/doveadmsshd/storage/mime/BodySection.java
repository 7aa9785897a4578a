package org.doveadmsshd.storage.mime;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.storage.mime.MimeTree.Node;

/**
 * A section of a mail as IMAP's BODY[…] names it (RFC 3501 section 6.4.5): {@code 1.2}, {@code
 * 1.mime}, {@code header.fields(subject,from)}, {@code text}.
 *
 * @param numbers of parts, from the outside; none for the mail itself
 * @param kind what of that part
 * @param fields in lower case, for those kinds that name some
 */
public record BodySection(List<Integer> numbers, Kind kind, Set<String> fields) {

  private static final byte[] CRLF = {'\r', '\n'};

  /** Which piece of a part is meant. */
  public enum Kind {
    /** All of the mail, or the body of a part. */
    ALL,
    /** The header of a mail. */
    HEADER,
    /** Some fields of it. */
    FIELDS,
    /** All fields but some. */
    FIELDS_NOT,
    /** The body of a mail. */
    TEXT,
    /** The header of a part. */
    MIME
  }

  /** Gives the bytes of a mail. */
  @FunctionalInterface
  public interface Source<X extends Exception> {
    InputStream open() throws X;
  }

  /** Reads a name in lower case; nothing when it is none. */
  public static Optional<BodySection> parse(String name) {
    String rest = name;
    List<Integer> numbers = new java.util.ArrayList<>();
    while (rest.matches("[1-9][0-9]{0,4}(\\..+)?")) {
      int dot = rest.indexOf('.');
      numbers.add(Integer.parseInt(dot < 0 ? rest : rest.substring(0, dot)));
      rest = dot < 0 ? "" : rest.substring(dot + 1);
    }
    boolean inner = !numbers.isEmpty();
    if (rest.matches("header\\.fields(\\.not)?\\([!-9;-~]+\\)")) {
      String list = rest.substring(rest.indexOf('(') + 1, rest.length() - 1);
      Kind kind = rest.startsWith("header.fields.not") ? Kind.FIELDS_NOT : Kind.FIELDS;
      return Optional.of(new BodySection(numbers, kind, Set.of(list.split(",+"))));
    }
    return switch (rest) {
      case "" ->
          inner ? Optional.of(new BodySection(numbers, Kind.ALL, Set.of())) : Optional.empty();
      case "header" -> Optional.of(new BodySection(numbers, Kind.HEADER, Set.of()));
      case "text" -> Optional.of(new BodySection(numbers, Kind.TEXT, Set.of()));
      case "mime" ->
          inner ? Optional.of(new BodySection(numbers, Kind.MIME, Set.of())) : Optional.empty();
      default -> Optional.empty();
    };
  }

  /**
   * The bytes of the section with CRLF line ends; nothing where the mail has no such part.
   *
   * @param decoded whether transfer encoding is undone in bodies, and NUL is left as it is
   */
  public <X extends Exception> InputStream read(Node mail, Source<X> source, boolean decoded)
      throws X, IOException {
    Node node = find(mail);
    if (node == null) {
      return InputStream.nullInputStream();
    }
    Node message = numbers.isEmpty() ? mail : inner(node);
    if (message == null && isOfMail()) {
      return InputStream.nullInputStream();
    }
    return switch (kind) {
      case ALL -> body(node, source, decoded);
      case MIME -> range(source, node.part().start(), node.part().body());
      case TEXT -> body(message, source, decoded);
      case HEADER -> range(source, message.part().start(), message.part().body());
      case FIELDS, FIELDS_NOT ->
          new ByteArrayInputStream(
              someFields(range(source, message.part().start(), message.part().headerEnd())));
    };
  }

  /** Whether it is a piece of a mail, and not of a part as such. */
  private boolean isOfMail() {
    return switch (kind) {
      case ALL, MIME -> false;
      case HEADER, FIELDS, FIELDS_NOT, TEXT -> true;
    };
  }

  private static <X extends Exception> InputStream body(
      Node node, Source<X> source, boolean decoded) throws X {
    return decoded
        ? new BinaryBody(node, source.open())
        : range(source, node.part().body(), node.part().end());
  }

  private Node find(Node mail) {
    Node node = mail;
    boolean itself = false;
    for (int i = 0; i < numbers.size(); i++) {
      int number = numbers.get(i);
      if (i > 0 && inner(node) != null) {
        node = inner(node);
        itself = false;
      }
      if (node.part().isMultipart()) {
        if (number > node.children().size()) {
          return null;
        }
        node = node.children().get(number - 1);
        itself = false;
      } else if (number == 1 && isSingle(node.part()) && !itself) {
        itself = true; // the body of a mail without parts is its part 1, which has no parts
      } else {
        return null;
      }
    }
    return node;
  }

  private static boolean isSingle(Part part) {
    return !part.type().startsWith("multipart/");
  }

  /** The mail that is the body of a part, or null. */
  private static Node inner(Node node) {
    return node.part().isMessage() && !node.children().isEmpty() ? node.children().get(0) : null;
  }

  private static <X extends Exception> InputStream range(Source<X> source, Mark from, Mark to)
      throws X {
    return new CrlfInputStream(new RangeInputStream(source.open(), from, to), false);
  }

  /** Of the mail itself the last line and the empty one are made up where they are missing. */
  private byte[] someFields(InputStream header) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    boolean completed = kind == Kind.FIELDS && numbers.isEmpty();
    boolean ends = completed;
    try (InputStream in = header) {
      byte[] bytes = in.readNBytes(MimeScanner.MAX_FIELD);
      boolean taken = kind == Kind.FIELDS_NOT;
      for (int at = 0; at < bytes.length; ) {
        int end = at;
        while (end < bytes.length && bytes[end] != '\n') {
          end++;
        }
        end = Math.min(end + 1, bytes.length);
        boolean continues = bytes[at] == ' ' || bytes[at] == '\t';
        if (!continues) {
          String line = new String(bytes, at, end - at, StandardCharsets.ISO_8859_1);
          int colon = line.indexOf(':');
          String name = colon < 0 ? "" : line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
          boolean blank = line.equals("\r\n");
          ends |= blank;
          taken = !blank && fields.contains(name) == (kind == Kind.FIELDS);
        }
        write(out, bytes, at, taken ? end : at);
        if (taken && bytes[end - 1] != '\n' && completed) {
          write(out, CRLF, 0, CRLF.length);
        }
        at = end;
      }
    }
    if (ends) {
      write(out, CRLF, 0, CRLF.length);
    }
    return out.toByteArray();
  }

  private static void write(OutputStream out, byte[] bytes, int from, int to) throws IOException {
    out.write(bytes, from, to - from);
  }
}
