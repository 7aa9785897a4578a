package org.doveadmsshd.storage.mime;

/**
 * A place in a mail.
 *
 * @param offset bytes before it, as stored
 * @param lines line ends before it
 * @param bareLines those of them that are LF without CR
 */
public record Mark(long offset, long lines, long bareLines) {
  /** The beginning. */
  public static final Mark START = new Mark(0, 0, 0);

  /** Bytes from another place to this one when every line ends with CRLF. */
  public long virtualSince(Mark from) {
    return offset - from.offset + bareLines - from.bareLines;
  }

  /** Line ends from another place to this one. */
  public long linesSince(Mark from) {
    return lines - from.lines;
  }
}
