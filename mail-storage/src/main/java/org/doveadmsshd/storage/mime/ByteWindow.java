package org.doveadmsshd.storage.mime;

import java.io.IOException;
import java.io.InputStream;

/**
 * A moving window over a stream: the bytes from {@link #position} to {@link #limit} of {@link
 * #bytes} are there to be looked at.
 */
final class ByteWindow {
  final byte[] bytes;
  int position;
  int limit;
  private final InputStream in;
  private final boolean counting;
  private boolean ended;
  private long before;
  private int counted;
  private long lines;
  private long bareLines;
  private byte last;

  /**
   * @param bytes the buffer, which may hold the stream's beginning already
   * @param length how much of it
   * @param in the rest, or null when there is none
   * @param counting whether {@link #mark} knows about lines
   */
  ByteWindow(byte[] bytes, int length, InputStream in, boolean counting) {
    this.counting = counting;
    this.bytes = bytes;
    this.limit = length;
    this.in = in;
    this.ended = in == null;
  }

  /** Reads more, giving up room before the position. False when nothing more can be had. */
  boolean fill() throws IOException {
    if (ended) {
      return false;
    }
    if (position > 0) {
      count();
      counted = 0;
      before += position;
      System.arraycopy(bytes, position, bytes, 0, limit - position);
      limit -= position;
      position = 0;
    }
    if (limit == bytes.length) {
      return false;
    }
    int got = in.read(bytes, limit, bytes.length - limit);
    if (got <= 0) {
      ended = true;
      return false;
    }
    limit += got;
    return true;
  }

  /**
   * The end of the line at the position, behind its LF; the end of the window where a line is
   * longer than that or the last one has no LF.
   */
  int lineEnd() throws IOException {
    int from = position;
    while (true) {
      for (int i = from; i < limit; i++) {
        if (bytes[i] == '\n') {
          return i + 1;
        }
      }
      int seen = limit - position;
      if (!fill()) {
        return limit;
      }
      from = position + seen;
    }
  }

  /** Where the position is in the stream, and how many lines are before it. */
  Mark mark() {
    count();
    return new Mark(before + position, lines, bareLines);
  }

  /** Counts the lines up to the position. */
  private void count() {
    if (counting) {
      for (int i = counted; i < position; i++) {
        if (bytes[i] == '\n') {
          lines++;
          bareLines += (i > 0 ? bytes[i - 1] : last) == '\r' ? 0 : 1;
        }
      }
      if (position > 0) {
        last = bytes[position - 1];
      }
      counted = position;
    }
  }
}
