package org.doveadmsshd.storage.maildir;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Counts line ends. */
final class LineEnds {
  private static final int BUFFER = 64 * 1024;

  /** One for each thread, which is used by nobody else before the size is known. */
  private static final ThreadLocal<byte[]> BUFFERS =
      ThreadLocal.withInitial(() -> new byte[BUFFER]);

  private static final long LF = 0x0a0a0a0a0a0a0a0aL;
  private static final long CR = 0x0d0d0d0d0d0d0d0dL;
  private static final long LOW = 0x7f7f7f7f7f7f7f7fL;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private LineEnds() {}

  /** The size of a mail when every LF without a CR gets one; reads to the end. */
  static long virtualSize(InputStream in) throws IOException {
    byte[] buffer = BUFFERS.get();
    long size = 0;
    byte last = 0;
    int got;
    while ((got = in.read(buffer, 0, BUFFER)) > 0) {
      size += got + bareLines(buffer, got) - (buffer[0] == '\n' && last == '\r' ? 1 : 0);
      last = buffer[got - 1];
    }
    return size;
  }

  private static int bareLines(byte[] bytes, int length) {
    int lines = 0;
    long returns = 0;
    int i = 0;
    for (; i + 8 <= length; i += 8) {
      long eight = (long) LONGS.get(bytes, i);
      lines += Long.bitCount(zeros(eight ^ LF));
      returns |= zeros(eight ^ CR);
    }
    for (; i < length; i++) {
      lines += bytes[i] == '\n' ? 1 : 0;
      returns |= bytes[i] == '\r' ? 1 : 0;
    }
    return returns == 0 ? lines : lines - pairs(bytes, length);
  }

  /** The high bit of every byte that is zero. */
  private static long zeros(long eight) {
    return ~((eight & LOW) + LOW | eight | LOW);
  }

  private static int pairs(byte[] bytes, int length) {
    int count = 0;
    for (int i = 1; i < length; i++) {
      count += bytes[i] == '\n' && bytes[i - 1] == '\r' ? 1 : 0;
    }
    return count;
  }
}
