package org.doveadmsshd.storage.mime;

/**
 * Holds back the line break at the end of a piece of body until the next bytes are known: a line
 * break before a delimiter belongs to the delimiter.
 */
final class HeldBreak {
  private static final byte[] CRLF = {'\r', '\n'};

  /** How much of {@link #CRLF} is held; the LF of a CR may be in the next piece. */
  private int from;

  private int to;

  /** Hands on the held bytes, then a piece without the line break at its end. */
  void tellBefore(MimeVisitor visitor, byte[] bytes, int start, int end) {
    if (from == 0 && to == 1 && end - start == 1 && bytes[start] == '\n') {
      to = 2;
      return;
    }
    tell(visitor);
    boolean feed = bytes[end - 1] == '\n';
    int last = feed ? end - 1 : end;
    boolean returns = last > start && bytes[last - 1] == '\r';
    last -= returns ? 1 : 0;
    from = returns ? 0 : 1;
    to = feed ? 2 : 1;
    if (last > start) {
      visitor.body(bytes, start, last - start);
    }
  }

  /** Hands on the held bytes: no delimiter comes. */
  void tell(MimeVisitor visitor) {
    if (to > from) {
      visitor.body(CRLF, from, to - from);
    }
    forget();
  }

  /** Drops the held bytes. */
  void forget() {
    from = 0;
    to = 0;
  }
}
