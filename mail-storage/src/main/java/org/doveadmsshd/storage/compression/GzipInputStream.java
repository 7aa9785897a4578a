package org.doveadmsshd.storage.compression;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.doveadmsshd.storage.mime.BlockInputStream;

/**
 * Inflates gzip (RFC 1952). The JDK's own stream makes an inflater for each mail; here one goes
 * from mail to mail. One thread.
 *
 * <p>Members may stand behind one another. What follows them and does not begin like one is
 * ignored, as gzip and the JDK do.
 */
final class GzipInputStream extends BlockInputStream {
  private static final int MAGIC_1 = 0x1f;
  private static final int MAGIC_2 = 0x8b;
  private static final int DEFLATED = 8;
  private static final int HEADER_CHECKED = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;
  private static final int RESERVED = 0xe0;

  /** Bytes of a header that tell nothing of its length: time, how it was compressed, system. */
  private static final int TIME_AND_SYSTEM = 6;

  /** How many wait for a mail at most; others are ended. Each takes 64 KiB. */
  private static final int SPARE = 16;

  private static final ArrayBlockingQueue<Part> SPARES = new ArrayBlockingQueue<>(SPARE);

  private final InputStream in;
  private final CRC32 check = new CRC32();

  /** Null after {@link #close}. */
  private Part part;

  private int from;
  private int to;
  private boolean isFirst = true;
  private boolean isInMember;
  private boolean isOver;

  /** What goes from one mail to the next. One that is lost is freed by the JDK. */
  private record Part(Inflater inflater, byte[] input) {
    private static final int SIZE = 16 * 1024;

    static Part take() {
      Part spare = SPARES.poll();
      return spare == null ? new Part(new Inflater(true), new byte[SIZE]) : spare;
    }

    void giveBack() {
      inflater.reset();
      if (!SPARES.offer(this)) {
        inflater.end();
      }
    }
  }

  GzipInputStream(InputStream in) {
    this.in = in;
    this.part = Part.take();
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (isInMember || begins()) {
      int made = inflate(target, offset, length);
      if (made > 0) {
        check.update(target, offset, made);
        return made;
      }
      if (part.inflater.finished()) {
        endMember();
      } else if (part.inflater.needsDictionary()) {
        throw damaged();
      } else if (part.inflater.needsInput()) {
        fill();
        if (from == to) {
          throw new CompressionException(CompressionException.CUT_OFF);
        }
        part.inflater.setInput(part.input, 0, to);
      }
    }
    return -1;
  }

  private int inflate(byte[] target, int offset, int length) throws CompressionException {
    try {
      return part.inflater.inflate(target, offset, length);
    } catch (DataFormatException e) {
      throw new CompressionException(CompressionException.DAMAGED, e);
    }
  }

  /** Begins a member, if there is one more. */
  private boolean begins() throws IOException {
    if (isOver) {
      return false;
    }
    check.reset();
    boolean isMember = startsWith(MAGIC_1) && startsWith(MAGIC_2);
    if (isMember) {
      header();
      check.reset();
      part.inflater.reset();
      part.inflater.setInput(part.input, from, to - from);
    } else if (isFirst) {
      throw damaged();
    }
    isFirst = false;
    isInMember = isMember;
    isOver = !isMember;
    return isMember;
  }

  /** Whether a byte comes next. It is taken. Only behind the first member may there be none. */
  private boolean startsWith(int wanted) throws IOException {
    return (isFirst || hasNext()) && next() == wanted;
  }

  /** The header behind its first two bytes. */
  private void header() throws IOException {
    int method = next();
    int flags = next();
    if (method != DEFLATED || (flags & RESERVED) != 0) {
      throw damaged();
    }
    skip(TIME_AND_SYSTEM);
    if ((flags & EXTRA) != 0) {
      skip((int) number(2));
    }
    for (int text = flags & (NAME | COMMENT); text != 0; text &= text - 1) {
      while (next() != 0) {
        // it ends with a zero
      }
    }
    if ((flags & HEADER_CHECKED) != 0) {
      long sum = check.getValue() & 0xffff;
      if (number(2) != sum) {
        throw damaged();
      }
    }
  }

  private void endMember() throws IOException {
    isInMember = false;
    from = to - part.inflater.getRemaining();
    long sum = check.getValue();
    long size = part.inflater.getBytesWritten() & 0xffff_ffffL;
    if (number(4) != sum || number(4) != size) {
      throw damaged();
    }
  }

  private void skip(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      next();
    }
  }

  /** A number of some bytes, the lowest first. */
  private long number(int bytes) throws IOException {
    long number = 0;
    for (int i = 0; i < bytes; i++) {
      number |= (long) next() << (Byte.SIZE * i);
    }
    return number;
  }

  /** The next byte of what is around the deflated data. */
  private int next() throws IOException {
    if (!hasNext()) {
      throw new CompressionException(CompressionException.CUT_OFF);
    }
    int next = part.input[from++] & 0xff;
    check.update(next);
    return next;
  }

  private boolean hasNext() throws IOException {
    if (from == to) {
      fill();
    }
    return from < to;
  }

  /** Reads when all that has been read is taken; nothing is there then at the end. */
  private void fill() throws IOException {
    from = 0;
    to = Math.max(in.read(part.input, 0, part.input.length), 0);
  }

  private static CompressionException damaged() {
    return new CompressionException(CompressionException.DAMAGED);
  }

  @Override
  public void close() throws IOException {
    if (part != null) {
      part.giveBack();
      part = null;
    }
    in.close();
  }
}
