package org.doveadmsshd.storage.mime;

/**
 * Reads the pieces that structured header fields are made of (RFC 5322 section 3.2, RFC 2045
 * section 5.1), so that broken fields come out as they do in Dovecot (its lib-mail/rfc822-parser).
 *
 * <p>Every piece is followed by white space and comments, which are passed as well. Text is one
 * char a byte; nothing is decoded. A line break inside quotes is left out, a NUL there becomes
 * U+FFFD. All methods take time in proportion to what they pass.
 */
final class FieldReader {
  /** U+FFFD in UTF-8, one char a byte. */
  static final String REPLACEMENT = "\u00ef\u00bf\u00bd";

  /** Characters that no backslash can quote. */
  private static final String FOLDING = "\r\n\0";

  private static final char END = '\uffff';

  /** What a char of one byte may be part of; asked for each char of many fields of all mails. */
  private static final byte[] CLASSES = new byte[256];

  private static final byte ATOM = 1;
  private static final byte TOKEN = 2;

  static {
    for (char c = 0; c < CLASSES.length; c++) {
      boolean atom = c > ' ' && c != 0x7f && "()<>@,;:\\\".[]".indexOf(c) < 0;
      boolean token = c == '.' || atom && "/?=".indexOf(c) < 0;
      CLASSES[c] = (byte) ((atom ? ATOM : 0) | (token ? TOKEN : 0));
    }
  }

  /** The character behind a piece. */
  enum Next {
    /** Further text. */
    MORE,
    /** Nothing. */
    END,
    /** The piece is not what it should be; where the reader then stands is that much text read. */
    BROKEN
  }

  private final String text;
  private int at;
  private String comment = "";

  FieldReader(String text) {
    this.text = text;
  }

  int position() {
    return at;
  }

  void position(int position) {
    at = position;
  }

  boolean atEnd() {
    return at >= text.length();
  }

  /** Whether a char is next. */
  boolean is(char c) {
    return at < text.length() && text.charAt(at) == c;
  }

  /** Passes one char, whatever it is. */
  void skip() {
    at++;
  }

  /** The text of the last comment that was passed; empty when there was none. */
  String comment() {
    return comment;
  }

  void forgetComment() {
    comment = "";
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : END;
  }

  /** Whether an atom may have it: all but controls, spaces and specials; all 8-bit bytes. */
  static boolean isAtom(char c) {
    return c < CLASSES.length && (CLASSES[c] & ATOM) != 0;
  }

  private static boolean isToken(char c) {
    return c < CLASSES.length && (CLASSES[c] & TOKEN) != 0;
  }

  /** Whether an atom begins here. */
  boolean isAtom() {
    return isAtom(peek());
  }

  private Next next() {
    return atEnd() ? Next.END : Next.MORE;
  }

  /** Passes white space and comments. */
  Next skipSpace() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '(') {
        if (!skipComment()) {
          return Next.BROKEN;
        }
      } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        at++;
      } else {
        return Next.MORE;
      }
    }
    return Next.END;
  }

  private boolean skipComment() {
    StringBuilder content = new StringBuilder();
    boolean ends = enclosed('(', ')', content);
    comment = content.toString();
    return ends;
  }

  /**
   * Reads from one char to another, between which there may be pairs of them. False where the text
   * ends before; the content is then what stands before its last break or escape, as Dovecot puts
   * it together piece by piece.
   */
  private boolean enclosed(char open, char close, StringBuilder content) {
    int kept = 0;
    int depth = 1;
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      depth += c == close ? -1 : c == open ? 1 : 0;
      if (depth == 0) {
        at++;
        return true;
      }
      int before = content.length();
      int start = at;
      if (!inside(c, content)) {
        break;
      }
      boolean broke = c == '\n' || c == '\0';
      kept = broke ? content.length() : at > start ? before : kept;
    }
    content.setLength(Math.min(kept, content.length()));
    return false;
  }

  /** Takes a char of a comment or a quoted string; false where a backslash ends the text. */
  private boolean inside(char c, StringBuilder content) {
    switch (c) {
      case '\0':
        content.append(REPLACEMENT);
        return true;
      case '\n':
        dropReturn(content);
        return true;
      case '\\':
        if (++at >= text.length()) {
          return false;
        }
        char quoted = text.charAt(at);
        if (FOLDING.indexOf(quoted) >= 0) {
          at--; // these cannot be quoted: the backslash stands for itself
          content.append(c);
        } else {
          content.append(quoted);
        }
        return true;
      default:
        content.append(c);
        return true;
    }
  }

  private void dropReturn(StringBuilder content) {
    boolean before = at > 0 && text.charAt(at - 1) == '\r' && content.length() > 0;
    if (before) {
      content.setLength(content.length() - 1);
    }
  }

  /** One atom. */
  Next atom(StringBuilder out) {
    int start = at;
    while (isAtom()) {
      at++;
    }
    out.append(text, start, at);
    return start == at ? Next.BROKEN : skipSpace();
  }

  /** Atoms with dots between them, and white space around the dots. */
  Next dotAtom(StringBuilder out) {
    while (true) {
      Next next = atom(out);
      if (next != Next.MORE || !is('.')) {
        return next;
      }
      at++;
      out.append('.');
      if (skipSpace() != Next.MORE) {
        return Next.BROKEN;
      }
    }
  }

  /** A token of MIME; it may be empty. */
  Next token(StringBuilder out) {
    int start = at;
    while (isToken(peek())) {
      at++;
    }
    out.append(text, start, at);
    return skipSpace();
  }

  /** All up to a semicolon or white space. */
  void word(StringBuilder out) {
    int start = at;
    while (at < text.length() && "; \t\r\n".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    out.append(text, start, at);
  }

  /** A quoted string, from its opening quote on; of one that does not end a part is given out. */
  Next quoted(StringBuilder out) {
    StringBuilder content = new StringBuilder();
    boolean ends = enclosed('"', '"', content);
    out.append(content);
    return ends ? skipSpace() : Next.BROKEN;
  }

  /** Atoms, dots and quoted strings, with one space between those that stand apart. */
  Next phrase(StringBuilder out) {
    if (atEnd()) {
      return Next.END;
    }
    if (is('.')) {
      return Next.BROKEN;
    }
    while (true) {
      Next next = is('"') ? quoted(out) : atomOrDot(out);
      if (next != Next.MORE || !isAtom() && !is('"') && !is('.')) {
        return next;
      }
      out.append(' ');
    }
  }

  private Next atomOrDot(StringBuilder out) {
    int start = at;
    while (isAtom() || is('.')) {
      at++;
    }
    out.append(text, start, at);
    return skipSpace();
  }

  /** A domain, from the at sign on. */
  Next domain(StringBuilder out) {
    at++;
    if (skipSpace() != Next.MORE) {
      return Next.BROKEN;
    }
    return is('[') ? literal(out) : dotAtom(out);
  }

  /** An address in brackets, which are part of it, as backslashes are. */
  private Next literal(StringBuilder out) {
    StringBuilder content = new StringBuilder("[");
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '[') {
        return Next.BROKEN;
      }
      if (c == ']') {
        at++;
        out.append(content).append(']');
        return skipSpace();
      }
      if (c == '\\' && at + 1 < text.length() && FOLDING.indexOf(text.charAt(at + 1)) < 0) {
        content.append(c);
      }
      if (!inside(c, content)) {
        return Next.BROKEN;
      }
    }
    return Next.BROKEN;
  }
}
