package org.doveadmsshd.storage.compression;

import java.io.IOException;
import java.io.InputStream;
import org.doveadmsshd.storage.mime.BlockInputStream;

/**
 * A mail as it was before it was compressed, and no more of it than a limit. Whatever is wrong with
 * the compressed bytes is a {@link CompressionException}.
 */
final class InflatedStream extends BlockInputStream {
  private static final int SKIP_BUFFER = 16 * 1024;

  private final Compression compression;
  private final InputStream in;
  private final long limit;
  private final MemoryUse memory;

  /** Null before the first byte is asked for. */
  private InputStream inflating;

  private long total;

  InflatedStream(Compression compression, InputStream in, long limit, Memory memory) {
    this.compression = compression;
    this.in = in;
    this.limit = limit;
    this.memory = new MemoryUse(memory);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (inflating == null) {
      inflating = compression.inflating(in, memory);
    }
    int got = inflating.read(target, offset, length);
    total += Math.max(got, 0);
    if (total > limit) {
      throw new CompressionException(
          "inflates to more than %,d MiB (mail_inflate_limit)".formatted(limit >> 20));
    }
    return got;
  }

  @Override
  public long skip(long count) throws IOException {
    byte[] buffer = new byte[(int) Math.min(SKIP_BUFFER, Math.max(count, 0))];
    long left = count;
    while (left > 0) {
      int got = read(buffer, 0, (int) Math.min(buffer.length, left));
      if (got < 0) {
        break;
      }
      left -= got;
    }
    return count - left;
  }

  @Override
  public void close() throws IOException {
    memory.close();
    if (inflating == null) {
      in.close();
    } else {
      inflating.close();
    }
  }
}
