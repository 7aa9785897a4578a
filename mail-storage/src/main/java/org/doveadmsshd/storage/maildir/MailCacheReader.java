package org.doveadmsshd.storage.maildir;

import java.io.Closeable;
import java.nio.ByteBuffer;
import org.doveadmsshd.posix.OpenFile;
import org.doveadmsshd.posix.PosixException;

/** Looks at a file through a window, which is moved as little as possible. One thread. */
final class MailCacheReader implements Closeable {
  /** Files of small mailboxes are no longer; a larger window costs them more than reading does. */
  private static final int SMALL = 8 * 1024;

  private static final int WINDOW = 256 * 1024;

  /** How much larger a window gets that is too small. */
  private static final int GROWTH = 8;

  /** The least that is read at a new position. */
  private static final int JUMP = 1024;

  private final Source source;
  private byte[] window = new byte[SMALL];
  private ByteBuffer view = ByteBuffer.wrap(window);
  private long start;
  private int length;
  private boolean atEnd;

  /** A file. */
  interface Source extends Closeable {
    /**
     * Reads from a position.
     *
     * @return the number of bytes, 0 or less at the end; fewer than wanted are no end
     */
    int read(long position, byte[] target, int from, int most) throws PosixException;

    @Override
    void close();
  }

  MailCacheReader(Source source) {
    this.source = source;
  }

  /**
   * An open file, which is closed with the reader.
   *
   * @param isWritten whether it is written to meanwhile
   */
  static MailCacheReader of(OpenFile file, boolean isWritten) {
    return new MailCacheReader(
        new Source() {
          private long at;

          @Override
          public int read(long position, byte[] target, int from, int most) throws PosixException {
            if (isWritten || position != at) {
              file.seek(position);
            }
            int got = file.read(target, from, most);
            at = position + Math.max(got, 0);
            return got;
          }

          @Override
          public void close() {
            file.close();
          }
        });
  }

  /** Some bytes. */
  static MailCacheReader of(byte[] bytes) {
    return new MailCacheReader(
        new Source() {
          @Override
          public int read(long position, byte[] target, int from, int most) {
            int at = (int) Math.min(position, bytes.length);
            int count = Math.min(most, bytes.length - at);
            System.arraycopy(bytes, at, target, from, count);
            return count;
          }

          @Override
          public void close() {}
        });
  }

  /**
   * What stands from a position on.
   *
   * @param bytes as many are there, unless the file ends before
   * @return of use until the next call
   */
  ByteBuffer at(long position, int bytes) throws PosixException {
    boolean inside = position >= start && position <= start + length;
    if (!inside || position + bytes > start + length && !atEnd) {
      // a reader that jumps would only copy bytes that it skips
      move(position, bytes, inside, inside || position == 0 ? WINDOW : Math.max(bytes, JUMP));
    }
    view.limit(length).position((int) (position - start));
    return view;
  }

  private void move(long position, int bytes, boolean inside, int most) throws PosixException {
    int kept = inside ? (int) (start + length - position) : 0;
    byte[] old = window;
    if (length > 0 && window.length < Math.min(most, WINDOW)) {
      window = new byte[Math.min(Math.max(GROWTH * window.length, bytes), WINDOW)];
      view = ByteBuffer.wrap(window);
    }
    System.arraycopy(old, length - kept, window, 0, kept);
    start = position;
    length = kept;
    atEnd = false;
    int wanted = Math.min(most, window.length);
    while (length < wanted && !atEnd) {
      int got = source.read(start + length, window, length, wanted - length);
      length += Math.max(got, 0);
      atEnd = got <= 0;
    }
  }

  /** Forgets what has been read of the end of a file that has grown. */
  void hasGrown() {
    atEnd = false;
  }

  @Override
  public void close() {
    source.close();
  }
}
