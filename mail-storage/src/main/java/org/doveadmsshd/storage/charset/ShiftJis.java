package org.doveadmsshd.storage.charset;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;

/**
 * Shift_JIS with what JIS X 0201 has in the place of backslash and tilde, as glibc reads it; the
 * JDK's has ASCII there.
 */
final class ShiftJis extends DecodeOnlyCharset {
  static final ShiftJis INSTANCE = new ShiftJis();

  private ShiftJis() {
    super("x-shift-jis");
  }

  @Override
  public CharsetDecoder newDecoder() {
    return new Decoder();
  }

  private static final class Decoder extends CharsetDecoder {
    private final CharsetDecoder jdk = Charset.forName("Shift_JIS").newDecoder();

    Decoder() {
      super(INSTANCE, 1f, 1f);
    }

    @Override
    protected void implReset() {
      jdk.reset();
    }

    @Override
    protected CoderResult decodeLoop(ByteBuffer in, CharBuffer out) {
      int start = out.position();
      CoderResult result = jdk.decode(in, out, false);
      for (int i = start; i < out.position(); i++) {
        char c = out.get(i);
        if (c == '\\' || c == '~') {
          out.put(i, c == '\\' ? '\u00a5' : '\u203e');
        }
      }
      return result;
    }
  }
}
