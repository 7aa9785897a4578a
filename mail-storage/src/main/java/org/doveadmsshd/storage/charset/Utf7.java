package org.doveadmsshd.storage.charset;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;

/** UTF-7 (RFC 2152). */
final class Utf7 extends DecodeOnlyCharset {
  static final Utf7 INSTANCE = new Utf7();

  private static final String BASE64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  private Utf7() {
    super("x-utf7");
  }

  @Override
  public CharsetDecoder newDecoder() {
    return new Decoder();
  }

  private static final class Decoder extends CharsetDecoder {
    private boolean shifted;

    /** Whether nothing has come since the shift. */
    private boolean fresh;

    private int bits;
    private int count;

    Decoder() {
      super(INSTANCE, 1f, 1f);
    }

    @Override
    protected void implReset() {
      shifted = false;
      bits = 0;
      count = 0;
    }

    @Override
    protected CoderResult decodeLoop(ByteBuffer in, CharBuffer out) {
      while (in.hasRemaining()) {
        if (!out.hasRemaining()) {
          return CoderResult.OVERFLOW;
        }
        byte b = in.get(in.position());
        int digit = shifted ? BASE64.indexOf(b) : -1;
        boolean leaves = shifted && digit < 0;
        // where a character has begun, nothing but its rest may follow, as in glibc
        if (leaves ? bits != 0 || count >= 6 : isMalformed(b)) {
          return CoderResult.malformedForLength(1);
        }
        if (leaves && b != '-') {
          implReset();
          continue;
        }
        in.get();
        if (leaves) {
          leave(out);
        } else if (digit >= 0) {
          add(digit, out);
        } else if (b == '+') {
          shifted = true;
          fresh = true;
        } else {
          out.put((char) b);
        }
      }
      return CoderResult.UNDERFLOW;
    }

    private static boolean isMalformed(byte b) {
      return b < ' ' && b != '\t' && b != '\n' && b != '\r' || b == '\\' || b >= '~';
    }

    private void leave(CharBuffer out) {
      if (fresh) {
        out.put('+');
      }
      implReset();
    }

    private void add(int digit, CharBuffer out) {
      fresh = false;
      bits = bits << 6 | digit;
      count += 6;
      if (count >= 16) {
        count -= 16;
        out.put((char) (bits >> count));
        bits &= (1 << count) - 1;
      }
    }
  }
}
