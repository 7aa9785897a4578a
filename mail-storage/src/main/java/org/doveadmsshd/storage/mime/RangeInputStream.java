package org.doveadmsshd.storage.mime;

import java.io.IOException;
import java.io.InputStream;

/** A part of a stream; closing it closes the whole. */
final class RangeInputStream extends BlockInputStream {
  private final InputStream in;
  private long skip;
  private long left;

  RangeInputStream(InputStream in, Mark from, Mark to) {
    this.in = in;
    this.skip = from.offset();
    this.left = to.offset() - from.offset();
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (skip > 0) {
      in.skipNBytes(skip);
      skip = 0;
    }
    if (left <= 0) {
      return length == 0 ? 0 : -1;
    }
    int got = in.read(target, offset, (int) Math.min(length, left));
    left -= Math.max(got, 0);
    return got;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
