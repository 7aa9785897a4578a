package org.doveadmsshd.storage.compression;

import java.io.IOException;
import java.io.InputStream;
import org.doveadmsshd.storage.mime.BlockInputStream;

/**
 * LZ4 in Dovecot's frame: its magic, the most bytes that a chunk inflates to, then chunks, each
 * behind the length of what is compressed. Numbers have 4 bytes, the high one first (Dovecot:
 * iostream-lz4.h).
 */
final class Lz4InputStream extends BlockInputStream {
  /** Largest chunk that Dovecot takes, compressed and inflated. */
  private static final int MOST = 1 << 20;

  private static final SharedLibrary LIBRARY = SharedLibrary.LZ4;

  private final InputStream in;
  private byte[] chunk = {};
  private byte[] inflated = {};
  private int position;
  private int limit;

  Lz4InputStream(InputStream in) {
    this.in = in;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    while (position == limit) {
      if (length == 0) {
        return 0;
      }
      if (!next()) {
        return -1;
      }
    }
    int count = Math.min(length, limit - position);
    System.arraycopy(inflated, position, target, offset, count);
    position += count;
    return count;
  }

  /** Inflates the next chunk; false when there is none. */
  private boolean next() throws IOException {
    if (inflated.length == 0) {
      byte[] magic = in.readNBytes(Lz4OutputStream.MAGIC.length);
      int most = number(in.readNBytes(Integer.BYTES));
      checkSize(most);
      if (!java.util.Arrays.equals(magic, Lz4OutputStream.MAGIC)) {
        throw new CompressionException(CompressionException.DAMAGED);
      }
      inflated = new byte[most];
    }
    byte[] prefix = in.readNBytes(Integer.BYTES);
    if (prefix.length == 0) {
      return false;
    }
    int length = number(prefix);
    checkSize(length);
    chunk = chunk.length < length ? new byte[Math.max(length, inflated.length)] : chunk;
    if (in.readNBytes(chunk, 0, length) < length) {
      throw new CompressionException(CompressionException.CUT_OFF);
    }
    position = 0;
    limit = (int) LIBRARY.call("LZ4_decompress_safe", chunk, inflated, length, inflated.length);
    if (limit <= 0) {
      limit = 0;
      throw new CompressionException(CompressionException.DAMAGED);
    }
    return true;
  }

  private static int number(byte[] bytes) throws CompressionException {
    if (bytes.length < Integer.BYTES) {
      throw new CompressionException(CompressionException.CUT_OFF);
    }
    return java.nio.ByteBuffer.wrap(bytes).getInt();
  }

  private static void checkSize(int size) throws CompressionException {
    if (size <= 0 || size > MOST) {
      throw new CompressionException(CompressionException.DAMAGED);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
