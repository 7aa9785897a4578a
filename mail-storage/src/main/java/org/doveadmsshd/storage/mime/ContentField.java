package org.doveadmsshd.storage.mime;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.storage.mime.FieldReader.Next;

/**
 * A structured field: a value and parameters, {@code text/plain; charset=utf-8} (RFC 2045 section
 * 5.1). One char a byte; nothing is decoded.
 *
 * @param value a token, or two with a slash between them; empty where it cannot be read
 * @param parameters those in pieces (RFC 2231 section 3) put together, behind all others; none
 *     where a type cannot be read
 */
public record ContentField(String value, List<Parameter> parameters) {
  private static final ContentField NOTHING = new ContentField("", List.of());

  /** A parameter; its name ends with {@code *} where the value names its charset. */
  public record Parameter(String name, String value) {}

  /**
   * Reads the value of a Content-Disposition or the like, in the manner of Dovecot: the value is
   * the token that the field begins with, and what cannot be read is passed over up to the next
   * semicolon.
   */
  public static ContentField parse(String value) {
    return read(value).orElse(NOTHING);
  }

  /** As {@link #parse}; nothing where a comment behind the value does not end. */
  static Optional<ContentField> read(String value) {
    FieldReader in = new FieldReader(value);
    StringBuilder token = new StringBuilder();
    in.skipSpace();
    return in.token(token) == Next.BROKEN
        ? Optional.empty()
        : Optional.of(new ContentField(token.toString(), new Parameters(in).read()));
  }

  /**
   * Reads the value of a Content-Type: a main type and a subtype, or neither; a main type alone
   * where nothing at all stands behind it.
   */
  static ContentField parseType(String value) {
    FieldReader in = new FieldReader(value);
    StringBuilder type = new StringBuilder();
    in.skipSpace();
    if (in.token(type) != Next.MORE) {
      return new ContentField(type.toString(), List.of());
    }
    boolean whole = type.length() > 0 && in.is('/') && readSubtype(in, type);
    return whole ? new ContentField(type.toString(), new Parameters(in).read()) : NOTHING;
  }

  private static boolean readSubtype(FieldReader in, StringBuilder type) {
    in.skip();
    if (in.skipSpace() != Next.MORE) {
      return false;
    }
    type.append('/');
    int subtype = type.length();
    Next next = in.token(type);
    return next != Next.BROKEN && type.length() > subtype && (next == Next.END || in.is(';'));
  }

  /**
   * The word of a field that is one token and nothing else, such as Content-Transfer-Encoding; null
   * where it is something else.
   */
  static String word(String value) {
    FieldReader in = new FieldReader(value);
    StringBuilder token = new StringBuilder();
    in.skipSpace();
    return in.token(token) == Next.END && token.length() > 0 ? token.toString() : null;
  }

  /** The atoms of a list with commas, up to what is none. */
  static List<String> atoms(String value) {
    FieldReader in = new FieldReader(value);
    List<String> atoms = new ArrayList<>();
    StringBuilder atom = new StringBuilder();
    in.skipSpace();
    while (in.atom(atom) != Next.BROKEN) {
      atoms.add(atom.toString());
      atom.setLength(0);
      if (!in.is(',')) {
        break;
      }
      in.skip();
      in.skipSpace();
    }
    return atoms;
  }

  /** The value of a parameter, whatever the case of its name; null when there is none. */
  public String parameter(String name) {
    for (Parameter parameter : parameters) {
      if (parameter.name().equalsIgnoreCase(name)) {
        return parameter.value();
      }
    }
    return null;
  }

  /** Reads parameters as Dovecot does (its lib-mail/rfc2231-parser). */
  private static final class Parameters {
    /** A parameter or a piece of one, as it stands there. */
    private record Piece(String name, int index, boolean extended, String value) {}

    private static final Comparator<Piece> ORDER =
        Comparator.comparing(Piece::name).thenComparing(Piece::index, Integer::compareUnsigned);

    private final FieldReader in;
    private final List<Parameter> found = new ArrayList<>();
    private final List<Piece> pieces = new ArrayList<>();

    /** Of the piece last read: a piece without a number has that of the one before, in Dovecot. */
    private int index;

    Parameters(FieldReader in) {
      this.in = in;
    }

    List<Parameter> read() {
      StringBuilder name = new StringBuilder();
      StringBuilder value = new StringBuilder();
      while (!in.atEnd()) {
        name.setLength(0);
        value.setLength(0);
        if (readOne(name, value)) {
          add(name.toString(), value.toString());
        } else if (!in.atEnd()) {
          in.skip();
        }
      }
      if (!pieces.isEmpty()) {
        join();
      }
      return found;
    }

    /** Reads one from its semicolon on; false where there is none. */
    private boolean readOne(StringBuilder name, StringBuilder value) {
      if (!in.is(';')) {
        return false;
      }
      in.skip();
      if (in.skipSpace() != Next.MORE || in.token(name) != Next.MORE || !in.is('=')) {
        return false;
      }
      in.skip();
      Next next = in.skipSpace();
      if (next != Next.MORE) {
        return next == Next.END;
      }
      if (in.is('=')) {
        in.word(value); // name==?utf-8?b?...?=
        return true;
      }
      return (in.is('"') ? in.quoted(value) : in.token(value)) != Next.BROKEN;
    }

    private void add(String name, String value) {
      int star = name.indexOf('*');
      if (star < 0) {
        found.add(new Parameter(name, value));
        return;
      }
      int at = star;
      if (at + 1 < name.length()) {
        index = 0;
        for (at++; at < name.length() && Character.digit(name.charAt(at), 10) >= 0; at++) {
          index = index * 10 + name.charAt(at) - '0';
        }
      }
      boolean extended = at < name.length() && name.charAt(at) == '*';
      if (at + (extended ? 1 : 0) == name.length()) {
        pieces.add(new Piece(name.substring(0, star), index, extended, value));
      } else {
        found.add(new Parameter(name, value));
      }
    }

    /** Puts pieces together; those whose numbers have gaps or doubles stay pieces. */
    private void join() {
      pieces.sort(ORDER);
      for (int from = 0, to; from < pieces.size(); from = to) {
        String name = pieces.get(from).name();
        boolean whole = true;
        boolean extended = false;
        for (to = from; to < pieces.size() && pieces.get(to).name().equalsIgnoreCase(name); to++) {
          whole &= pieces.get(to).index() == to - from;
          extended |= pieces.get(to).extended();
        }
        List<Piece> own = pieces.subList(from, to);
        if (whole) {
          found.add(new Parameter(extended ? name + "*" : name, joined(own, extended)));
        } else {
          own.forEach(piece -> found.add(apart(piece)));
        }
      }
    }

    private static Parameter apart(Piece piece) {
      String number = Integer.toUnsignedString(piece.index());
      String name = piece.name() + "*" + number + (piece.extended() ? "*" : "");
      return new Parameter(name, piece.value());
    }

    private static String joined(List<Piece> pieces, boolean extended) {
      StringBuilder value = new StringBuilder();
      if (extended && !pieces.get(0).extended()) {
        value.append("''"); // no charset, no language
      }
      for (Piece piece : pieces) {
        boolean plain = extended && !piece.extended();
        value.append(plain ? piece.value().replace("%", "%25") : piece.value());
      }
      return value.toString();
    }
  }
}
