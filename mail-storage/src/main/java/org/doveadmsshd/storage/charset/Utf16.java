package org.doveadmsshd.storage.charset;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * UTF-16 as a byte order mark says, without one little-endian: as glibc reads it, where RFC 2781
 * and the JDK say big-endian.
 */
final class Utf16 extends DecodeOnlyCharset {
  static final Utf16 INSTANCE = new Utf16();

  private Utf16() {
    super("x-utf16-little");
  }

  @Override
  public CharsetDecoder newDecoder() {
    return new Decoder();
  }

  private static final class Decoder extends CharsetDecoder {
    /** Null until the first two bytes have been seen. */
    private CharsetDecoder order;

    Decoder() {
      super(INSTANCE, 0.5f, 1f);
    }

    @Override
    protected void implReset() {
      order = null;
    }

    @Override
    protected CoderResult decodeLoop(ByteBuffer in, CharBuffer out) {
      if (order == null) {
        if (in.remaining() < 2) {
          return CoderResult.UNDERFLOW;
        }
        int first = (in.get(in.position()) & 0xff) << 8 | in.get(in.position() + 1) & 0xff;
        boolean marked = first == 0xfeff || first == 0xfffe;
        in.position(in.position() + (marked ? 2 : 0));
        order =
            (first == 0xfeff ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_16LE).newDecoder();
      }
      return order.decode(in, out, false);
    }
  }
}
