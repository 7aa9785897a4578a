package org.doveadmsshd.storage.mime;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** A body with its transfer encoding undone. */
final class DecodingInputStream extends BlockInputStream {
  private final InputStream in;
  private final TransferDecoder decoder;
  private final byte[] encoded = new byte[16 * 1024];
  private byte[] decoded = new byte[0];
  private int position;

  DecodingInputStream(InputStream in, Part.Encoding encoding) {
    this.in = in;
    this.decoder = new TransferDecoder(encoding, this::take);
  }

  private void take(byte[] bytes, int offset, int length) {
    int left = decoded.length - position;
    byte[] all = Arrays.copyOfRange(decoded, position, decoded.length + length);
    System.arraycopy(bytes, offset, all, left, length);
    decoded = all;
    position = 0;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (position == decoded.length) {
      int got = in.read(encoded, 0, encoded.length);
      if (got <= 0) {
        return -1;
      }
      decoder.accept(encoded, 0, got);
    }
    int count = Math.min(length, decoded.length - position);
    System.arraycopy(decoded, position, target, offset, count);
    position += count;
    return count;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
